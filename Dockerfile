# Assay from Debian's packages and the npm registry alone.
#   docker build -t assay .
#   docker run --rm --read-only --network none --cap-drop ALL --security-opt no-new-privileges \
#     --tmpfs /tmp -v "$PWD:/src:ro" assay scan /src
FROM debian:trixie-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsdown.config.ts assay.schema.json ./
COPY rules rules
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates nodejs \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin assay
COPY --from=build --chown=root:root /build/package.json /app/package.json
COPY --from=build --chown=root:root /build/node_modules /app/node_modules
COPY --from=build --chown=root:root /build/dist /app/dist
# Nothing of the image is writable for this user; caches go where --tmpfs or a volume is.
USER 10001:10001
ENV XDG_CACHE_HOME=/tmp/cache NODE_ENV=production
WORKDIR /src
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["scan", "/src"]
