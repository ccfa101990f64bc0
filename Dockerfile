# The wheel is built beforehand, so that the image holds what was released:
#
#   pip wheel --no-deps -w dist . && docker build -t rea-xcom-tui .
#   docker run --rm -it -v "$PWD:/repo" --user "$(id -u):$(id -g)" rea-xcom-tui check
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/*

COPY dist/rea_xcom_tui-*.whl /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check /tmp/rea_xcom_tui-*.whl && rm /tmp/rea_xcom_tui-*.whl

# A repo that is mounted belongs to whoever started the container. Only this one folder is trusted, and git runs nothing
# of it unless the user trusts it.
RUN git config --system --add safe.directory /repo \
    && useradd --create-home --uid 10001 agent

USER agent
WORKDIR /repo
ENV LC_ALL=C.UTF-8
ENTRYPOINT ["rea-xcom-tui"]
