#!/bin/sh
# Makes .venv in the checkout and installs a lock file into it. Whatever the machine lacks is
# one sentence that says what to do.
#
#   sh deploy/bootstrap.sh requirements.lock
#
# PYTHON chooses the interpreter; otherwise the newest of those on the PATH is taken.
set -eu

lock=$1
venv=.venv
log=$venv/install.log

fail() {
    echo "touchstone: $1" >&2
    exit 3
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

makes_venvs() {
    "$1" -c 'import venv, ensurepip' 2>/dev/null
}

# Sets python to the first that will do, or to one that only lacks the venv module.
find_python() {
    python=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if command -v "$candidate" >/dev/null && is_new_enough "$candidate"; then
            python=$candidate
            makes_venvs "$candidate" && return
        fi
    done
    return 0
}

make_venv() {
    find_python
    [ -n "$python" ] ||
        fail "Python 3.11 or newer was not found; install it (or pass PYTHON=/path/to/python3.11) and run make again."
    makes_venvs "$python" ||
        fail "$python has no venv module; install it (on Debian and Ubuntu: apt install python3-venv) and run make again."
    echo "Making $venv with $("$python" --version) …"
    rm -rf "$venv"
    "$python" -m venv "$venv" ||
        fail "$python could not make $venv; see the lines above."
}

install() {
    "$venv/bin/python" -m pip --disable-pip-version-check install -q "$@" >"$log" 2>&1 && return
    tail -n 5 "$log" >&2
    grep -q -i -E 'hash(es)? .*(mismatch|do not match)|DO NOT MATCH' "$log" &&
        fail "a package does not have the hash in $lock, so nothing of it was installed; try again on a network you trust."
    grep -q -i -E 'connection|timed out|resolve|unreachable|retrying|SSL' "$log" &&
        fail "the packages in $lock could not be downloaded; connect to the network (or set PIP_INDEX_URL to a mirror) and run make again."
    fail "the packages in $lock could not be installed; all of pip's output is in $log."
}

[ -x "$venv/bin/python" ] && is_new_enough "$venv/bin/python" || make_venv
echo "Installing $lock into $venv …"
install --require-hashes -r "$lock"
install --no-deps --no-build-isolation -e .
