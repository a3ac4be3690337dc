#!/bin/sh
# Install Debian packages, as root or through sudo; without either, say what to type.
set -eu
if [ "$(id -u)" = 0 ]; then
  sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  sudo="sudo -n"
else
  echo "缺少软件包，请以管理员身份运行 / packages are missing, as an administrator run: apt-get install $*" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
