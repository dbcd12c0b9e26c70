/** Filters that give flat shapes light, fur and depth, for the realistic style: `volume` for things, `distance` for what lies behind. */
export const realism = [
  '<filter id="distance" filterUnits="objectBoundingBox" x="0" y="0" width="1" height="1"><feGaussianBlur stdDeviation="5"/><feComponentTransfer><feFuncA type="linear" slope="0" intercept="1"/></feComponentTransfer></filter>',
  '<filter id="volume" x="-0.15" y="-0.15" width="1.3" height="1.3" color-interpolation-filters="sRGB">',
  '<feGaussianBlur in="SourceAlpha" stdDeviation="16" result="soft"/>',
  '<feDiffuseLighting in="soft" surfaceScale="14" diffuseConstant="1.2" lighting-color="#fff6e8" result="light"><feDistantLight azimuth="230" elevation="52"/></feDiffuseLighting>',
  '<feComposite in="SourceGraphic" in2="light" operator="arithmetic" k1="1.1" k2="0.06" result="lit"/>',
  '<feTurbulence type="fractalNoise" baseFrequency="0.06 0.24" numOctaves="1" seed="4" result="fur"/>',
  '<feColorMatrix in="fur" type="matrix" values="0 0 0 0 0.1  0 0 0 0 0.07  0 0 0 0 0.05  1.6 0 0 0 -0.62" result="shade"/>',
  '<feComposite in="shade" in2="lit" operator="in" result="strands"/>',
  '<feMerge><feMergeNode in="lit"/><feMergeNode in="strands"/></feMerge></filter>',
].join("");
