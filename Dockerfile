# syntax=docker/dockerfile:1
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages that carry a Node for older machines are not needed here: the image has one.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node

FROM node:26-slim
ENV NODE_ENV=production \
    UV_THREADPOOL_SIZE=16 \
    HOST=0.0.0.0 \
    SLACK_HOST=0.0.0.0 \
    DATA_DIR=/data
# A drawing's own words (SVG) need a font to be shown with.
RUN apt-get update && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY src ./src
COPY adapters ./adapters
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# Without the playground nothing listens; the process is then healthy as long as it runs.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "process.env.PLAYGROUND === 'off' || fetch(`http://127.0.0.1:${process.env.PORT || 8080}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it hears SIGTERM, and finishes or hands over what is being drawn.
CMD ["node", "--disable-warning=ExperimentalWarning", "src/main.ts"]
