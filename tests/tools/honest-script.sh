#!/bin/bash
# The honest script, from cron:  * * * * *  flock -n /srv/prep/.lock /srv/prep/prep.sh /srv/prep
set -euo pipefail
opens=${OPENS:-2021-06-06T20:00:00-05:00} keep=8
cd "${1:?the folder is missing}"    # entrega: from the institute; versiones: ours; publico: Apache's DocumentRoot
mkdir -p versiones
say() { logger -t prep "$*" 2>/dev/null || true; echo "$*"; }

# I.1: nothing before the hour.
[ "$(date +%s)" -ge "$(date -d "$opens" +%s)" ] || exit 0

# I.11: the last corte. The names sort by it: 20210606_2020_PREP_MEX.
name=$(find entrega -mindepth 1 -maxdepth 1 -type d -name '2*' -printf '%f\n' | sort | tail -n 1)
[ -n "$name" ] && [ "$(readlink publico || true)" != "versiones/$name" ] || exit 0

# A copy of our own, so that nobody changes it under our hands; then every digest.
rsync -a --delete "entrega/$name/" "versiones/$name/"
(cd "versiones/$name" && sha256sum --check --strict --quiet HASH.txt) ||
  { say "$name does not match its HASH: not published"; exit 1; }

# One step for readers: ln makes the new link beside the old one and renames it.
ln -sfn "versiones/$name" publico
say "published: $name"
find versiones -mindepth 1 -maxdepth 1 ! -name "$name" | sort | head -n -"$keep" | xargs -r rm -rf
