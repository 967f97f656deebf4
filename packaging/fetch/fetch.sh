#!/bin/sh
# Fetches the packages of an institute that offers them by https and does not push. difusor-agent-fetch.timer runs it,
# /etc/difusor-agent/fetch.env has its settings; docs/fetch.md says what each is. Needs curl 7.70 and GNU date.
# It asks for the last cortes each time, the newest first: one that was missed comes later, one that was replaced comes
# again. What it has had it asks for on condition. The state folder has, of a package NAME: NAME.etag, the ETag; NAME,
# the SHA-256 of its bytes, with the modification time that the server gave, for a server without ETags.
set -euf
: "${FETCH_URL:?falta en fetch.env (missing there)}" "${FETCH_FIRST:?falta en fetch.env (missing there)}"
export LC_ALL=C TZ="${FETCH_ZONE:?falta en fetch.env (missing there)}"
# date takes a zone that it does not know for UTC, and says nothing.
[ -f "/usr/share/zoneinfo/$TZ" ] || { echo "FETCH_ZONE=$TZ: no hay tal zona (no such zone)" >&2; exit 2; }
state=${STATE_DIRECTORY:?} drop=${FETCH_DROP:-/srv/difusor/entrega} most=${FETCH_MAX:-2147483648}
hidden=$drop/.difusor-agent-fetch    # the agent passes over a name with a dot
trap 'rm -f "$hidden" "$state/.etag" "$state/.sum"' EXIT
trap 'exit 1' INT TERM
ulimit -f $((most / 512 + 1))        # curl before 8.4 knows only a size that the server has named

fetch() { # fetch URL: fails unless it is in the drop, or as it was, or not there yet
    name=${1%%\?*}
    name=${name##*/}
    known=$state/$name
    case $name in '' | .* | *[!A-Za-z0-9._-]*) echo "FETCH_URL: '$name'?" >&2; return 1 ;; esac
    rm -f "$hidden"
    : >"$state/.etag"
    # Not both: where the ETag differs, curl itself would drop a package whose time is not newer.
    if [ -s "$known.etag" ]; then
        set -- --etag-compare "$known.etag" "$1"
    elif [ -e "$known" ]; then
        set -- --time-cond "$known" "$1"
    fi
    # No --location: a redirect is an answer as any other, and refused.
    code=$(curl --disable --silent --show-error --globoff --proto =https --tlsv1.2 --connect-timeout 10 --max-time 300 \
        --speed-limit 1024 --speed-time 30 --max-filesize "$most" ${FETCH_CA:+--cacert "$FETCH_CA"} \
        ${FETCH_NETRC:+--netrc-file "$FETCH_NETRC"} --remote-time --etag-save "$state/.etag" --output "$hidden" \
        --write-out '%{http_code}' "$@") || code="curl $?"
    case $code in
        200) ;;
        304 | 404) return 0 ;;
        *) echo "$name: no se descargó (not fetched): $code" >&2; return 1 ;;
    esac
    # In the drop first, then remembered: what comes between costs a second download, and never a corte.
    sha256sum <"$hidden" >"$state/.sum" && touch -r "$hidden" "$state/.sum" || return 1
    if [ "$(cat "$state/.sum")" != "$(cat "$known" 2>/dev/null)" ]; then
        sync "$hidden" && mv -f "$hidden" "$drop/$name" && echo "$name: descargado (fetched)" || return 1
    fi
    mv -f "$state/.etag" "$known.etag" && mv -f "$state/.sum" "$known"
}

first=$(date -d "$FETCH_FIRST" +%s)
now=$(date +%s)
[ "$now" -ge "$first" ] || exit 0
step=$((${FETCH_EVERY:-20} * 60)) failed=0
corte=$(((now - first) / step))
oldest=$((corte - ${FETCH_BACK:-6} + 1))
while [ "$corte" -ge 0 ] && [ "$corte" -ge "$oldest" ]; do
    for url in $(date -d "@$((first + corte * step))" "+$FETCH_URL"); do
        fetch "$url" || failed=1
    done
    corte=$((corte - 1))
done
find "$state" -type f -ctime +30 -delete
exit "$failed"
