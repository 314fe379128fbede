#!/bin/sh
# Puts kubectl, terraform and az on the path. Nothing is installed whose checksum is not the one in this folder.
# install.sh <this folder> [<root to install below>]
set -eu
folder=$1
root=${2:-}
machine=$(dpkg --print-architecture)
mkdir -p "$root/usr/local/bin"
fetched=$(mktemp -d)
count=0
while read -r sum arch address; do
  [ "$arch" = "$machine" ] || continue
  file=$fetched/${address##*/}
  curl --fail --silent --show-error --location --proto '=https' --retry 5 --output "$file" "$address"
  echo "$sum  $file" | sha256sum --check --quiet -
  case $file in
    *.zip) unzip -q -o "$file" terraform -d "$root/usr/local/bin" ;;
    *) install -m 755 "$file" "$root/usr/local/bin/${file##*/}" ;;
  esac
  count=$((count + 1))
done <<LIST
$(grep -v '^#' "$folder/checksums.txt")
LIST
rm -rf "$fetched"
# A machine without a row would get an image without its tools.
[ "$count" = 2 ] || {
  echo "there are no checksums for $machine" >&2
  exit 1
}
python3 -m venv "$root/opt/azure-cli"
"$root/opt/azure-cli/bin/pip" install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary=:all: --no-deps \
  -r "$folder/azure-cli.txt"
ln -sf /opt/azure-cli/bin/az "$root/usr/local/bin/az"
