#!/bin/sh
# publication: {after: {command: /usr/share/difusor-agent/after/purge.sh, environment: /etc/difusor-agent/after.env}}
# after.env, owner root, group difusor-agent, mode 0640, has the lines
#   SITE=https://prep.ejemplo.mx      the site, as readers type it
#   EDGES=10.0.0.5 10.0.0.6           the caches in front of it
# Sends PURGE for each path that has changed: Apache Traffic Server, Varnish, nginx with ngx_cache_purge. They must
# allow PURGE from this host. 404 is well: it was not in the cache. Needs jq and curl.
set -eu
wanted=$(jq -r --arg site "$SITE" '
    (.changed + .removed + .added)[] | split("/") | map(@uri) | join("/")
    | ., (select(test("(^|/)index[.]html$")) | sub("index[.]html$"; ""))
    | "url = \"\($site)/\(.)\"\noutput = /dev/null"')
[ -n "$wanted" ] || exit 0
for edge in $EDGES; do
    refused=$(printf '%s\n' "$wanted" |
        curl --silent --show-error --no-progress-meter --max-time 20 --parallel --request PURGE \
            --connect-to "::$edge:" --write-out '%{http_code}\n' --config - | grep -cvE '^(200|204|404)$' || :)
    [ "$refused" = 0 ] || { echo "$edge refused $refused of the PURGE requests" >&2; exit 1; }
done
