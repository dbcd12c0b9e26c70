# syntax=docker/dockerfile:1
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/slim.js ./scripts/slim.js
# The optional packages that carry a Node for older machines are not needed here: the image has one.
RUN npm ci --omit=dev --no-audit --no-fund \
    && rm -rf node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node \
    && node scripts/slim.js

FROM node:26-slim
LABEL org.opencontainers.image.title="Drawbridge" \
      org.opencontainers.image.description="A self-hosted image studio for Discord and Slack" \
      org.opencontainers.image.licenses="MIT"
# A drawing's own words (SVG) need a font to be shown with. What fontconfig finds is written down here, since the root
# file system may be read-only later. The suite is pinned by the base image, so that its packages are not pinned again.
# npm and its like are of no use to what runs here.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core \
    && fc-cache -f \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /opt/yarn-* \
    && install -d -o node -g node -m 700 /data
ENV NODE_ENV=production \
    UV_THREADPOOL_SIZE=16 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 \
    HOST=0.0.0.0 \
    SLACK_HOST=0.0.0.0 \
    HEALTH_PORT=9464 \
    DATA_DIR=/data
WORKDIR /app
# The list of packages stays: it is what an SBOM is made from.
COPY package.json package-lock.json LICENSE ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY src ./src
COPY adapters ./adapters
USER node
VOLUME /data
EXPOSE 8080
# The port is the container's own. A process that waits for another to let go of the data is not ready yet.
HEALTHCHECK --interval=30s --timeout=5s --start-period=90s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1: it hears SIGTERM, and finishes or hands over what is being drawn. What is young in its heap
# has little room: it would keep 20 MB more from the start on, and they are of little use. The collector is called when
# there is nothing to do.
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=4", "--expose-gc", "src/main.ts"]
