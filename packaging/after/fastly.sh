#!/bin/sh
# publication: {after: {command: /usr/share/difusor-agent/after/fastly.sh, environment: /etc/difusor-agent/after.env}}
# after.env, owner root, group difusor-agent, mode 0640, has the lines
#   SITE=prep.ejemplo.mx              the site's name
#   TOKEN=...                         an API token with the scope purge_select
# Purges by URL (POST /purge/SITE/PATH). Needs jq and curl.
set -eu
wanted=$(jq -r --arg site "$SITE" '
    (.changed + .removed + .added)[] | split("/") | map(@uri) | join("/")
    | ., (select(test("(^|/)index[.]html$")) | sub("index[.]html$"; ""))
    | "url = \"https://api.fastly.com/purge/\($site)/\(.)\"\noutput = /dev/null"')
[ -n "$wanted" ] || exit 0
# The token is a secret, and every account of the host can read a command line: curl reads it from its input.
printf 'header = "Fastly-Key: %s"\n%s\n' "$TOKEN" "$wanted" |
    curl --silent --show-error --fail --fail-early --max-time 20 --request POST --config -
