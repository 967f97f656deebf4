#!/bin/sh
# publication: {after: {command: /usr/share/difusor-agent/after/cloudflare.sh, environment: /etc/difusor-agent/after.env}}
# after.env, owner root, group difusor-agent, mode 0640, has the lines
#   SITE=https://prep.ejemplo.mx      the site, as readers type it
#   ZONE=...                          the zone's id
#   TOKEN=...                         an API token with "Cache Purge" for that zone
# Purges by URL, 30 at a time (POST /zones/ZONE/purge_cache). Needs jq and curl.
set -eu
# The token is a secret, and every account of the host can read a command line: curl reads it from a file.
jq -c --arg site "$SITE" '
    [(.changed + .removed + .added)[] | split("/") | map(@uri) | join("/")
    | ., (select(test("(^|/)index[.]html$")) | sub("index[.]html$"; "")) | "\($site)/\(.)"]
    | _nwise(30) | {files: .}' |
    while read -r body; do
        printf '%s' "$body" | curl --silent --show-error --fail --max-time 20 -H 'Content-Type: application/json' \
            --data-binary @- --config /dev/fd/3 > /dev/null 3<<EOF
url = "https://api.cloudflare.com/client/v4/zones/$ZONE/purge_cache"
header = "Authorization: Bearer $TOKEN"
EOF
    done
