# The emulator as a container: see docs/container.md.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update -q && apt-get install -qy --no-install-recommends binutils
WORKDIR /source
COPY pyproject.toml README.md CHANGELOG.md LICENSE NOTICE ./
COPY swf_emulator swf_emulator
COPY tools/healthcheck.py ./
RUN pip wheel --no-deps --wheel-dir /wheels . \
 && python -m venv --without-pip /opt/swf-emulator \
 && pip --python /opt/swf-emulator/bin/python install --no-compile \
        "$(echo /wheels/*.whl)[metrics,yaml]" \
 && cp healthcheck.py /opt/swf-emulator/bin \
 && find /opt/swf-emulator -name '*.so' -exec strip --strip-unneeded '{}' + \
 && python -m compileall -q --invalidation-mode unchecked-hash /opt/swf-emulator/lib

FROM python:3.13-slim-bookworm
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="swf-emulator" \
      org.opencontainers.image.description="A faithful local emulator of Amazon Simple Workflow Service (SWF)" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/swf-emulator/swf-emulator" \
      org.opencontainers.image.documentation="https://github.com/swf-emulator/swf-emulator/tree/main/docs" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The base image has no byte code of the library, and a read-only container cannot write it.
RUN python -m compileall -q --invalidation-mode unchecked-hash \
        -x '/(ensurepip|idlelib|pydoc_data|site-packages|tkinter)/' /usr/local/lib/python3.13
COPY --from=build /opt/swf-emulator /opt/swf-emulator
ENV PATH=/opt/swf-emulator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SWF_EMULATOR_HOST=0.0.0.0
USER 10001:10001
EXPOSE 4596
HEALTHCHECK --interval=500ms --timeout=4s --retries=3 \
    CMD ["python", "-IS", "/opt/swf-emulator/bin/healthcheck.py"]
ENTRYPOINT ["swf-emulator"]
CMD ["serve"]
