#!/bin/sh
# Make sure Chromium is on this machine: the tests of the console drive it, headless, each test in a context of its own.
# A font with Chinese comes along, so that screenshots show characters and not boxes.
set -eu
here=$(dirname "$0")
command -v chromium >/dev/null 2>&1 || sh "$here/apt.sh" chromium
fc-list ':lang=zh' 2>/dev/null | grep -q . || sh "$here/apt.sh" fonts-noto-cjk fontconfig
