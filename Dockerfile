# The server with its index, see docs/operations.md.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# PyPI's torch brings several GB of CUDA libraries along that are not needed here.
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

RUN useradd --system --create-home --uid 10001 diance
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir --extra-index-url "$PIP_EXTRA_INDEX_URL" -c constraints.txt -e . \
 && diance build \
 && chmod -R a+rX /app

USER 10001
ENV DIANCE_HOST=0.0.0.0 DIANCE_PORT=8000
EXPOSE 8000
# Loading takes seconds; /healthz answers before that.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"DIANCE_PORT\"]}/healthz', timeout=4)"]
CMD ["diance", "serve"]
