#!/bin/sh
# Make sure LibreOffice's spreadsheet is on this machine, without its windows: the tests open in it every workbook that the
# hub writes. About 120 MB to fetch; `soffice` is started for single files and ends with them.
set -eu
command -v soffice >/dev/null 2>&1 || sh "$(dirname "$0")/apt.sh" libreoffice-calc-nogui
