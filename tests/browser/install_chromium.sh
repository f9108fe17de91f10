#!/bin/sh
# Installs Debian's Chromium and its driver where that is possible; says loudly what follows where it is not.
# Never fails: whether a missing browser is a failure is for the tests to decide (it is under CI=true).
if [ -x /usr/bin/chromium ] && [ -x /usr/bin/chromedriver ]; then
    exit 0
fi
log=$(mktemp)
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian's chromium and chromium-driver for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq >"$log" 2>&1 &&
        apt-get install -y -qq --no-install-recommends \
            chromium chromium-driver fonts-dejavu-core >>"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 15 "$log" >&2
fi
rm -f "$log"
echo "*** Chromium is not installed: the browser tests will be SKIPPED." >&2
echo "*** To run them: apt-get install chromium chromium-driver (as root), then make test." >&2
exit 0
