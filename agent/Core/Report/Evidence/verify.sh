#!/bin/sh
# Comprueba esta evidencia solo con sha256sum y jq; vea VERIFY.md. Checks this evidence with sha256sum and jq alone; see
# VERIFY.md. Termina con 0: todo concuerda; 1: algo no; 3: falta una herramienta.
# Ends with 0: all agrees; 1: something does not; 3: a tool is missing.
set -u
cd "$(dirname "$0")" || exit 3
for tool in sha256sum jq mktemp cut cmp; do
    command -v "$tool" > /dev/null || { echo "$tool: no está / is missing"; exit 3; }
done
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
bad=0
good() { echo "BIEN / GOOD  $1"; }
wrong() { echo "MAL / BAD    $1"; bad=1; }
digest() { sha256sum | cut -c 1-64; }

# 1. Los archivos son los que se exportaron. The files are those that were exported.
if sha256sum -c SHA256SUMS > "$work/sums" 2>&1; then good "1. SHA256SUMS"
else
    wrong "1. SHA256SUMS"
    grep -v ': OK$' "$work/sums"
fi

# 2. Cada registro nombra la huella del anterior. Each record names the digest of the one before.
cat journal/*.jsonl > "$work/lines"
jq -r '"\(.seq) \(.prev)"' "$work/lines" > "$work/said" 2> /dev/null || wrong "2. journal: JSON"
seq=0
head=$(printf '%064d' 0)
broken=
while IFS= read -r line <&3 && read -r said_seq said_prev <&4; do
    seq=$((seq + 1))
    if [ "$said_seq" != "$seq" ] || [ "$said_prev" != "$head" ]; then
        broken=$seq
        break
    fi
    head=$(printf '%s' "$line" | digest)
done 3< "$work/lines" 4< "$work/said"
marked_seq=
marked_head=
[ ! -f journal/head ] || read -r marked_seq marked_head < journal/head
[ -n "$broken" ] || [ "$seq" = "$(printf '%s' "$marked_seq" | sed 's/^0*//')" ] || broken=$seq
[ -n "$broken" ] || [ "$head" = "$marked_head" ] || broken=$seq
if [ -z "$broken" ]; then good "2. journal: $seq, $head"; else wrong "2. journal: registro / record $broken"; fi

# 3. huellas.tsv dice lo mismo que la bitácora. huellas.tsv says what the journal says.
jq -r 'select(.event == "CORTE_PUBLISHED") | .fields
    | [.corte, .manifest_sha256, .files, .bytes] + (if .root == "rehearsal" then ["rehearsal"] else [] end)
    | map(tostring) | join("\t")' "$work/lines" > "$work/huellas"
if cmp -s "$work/huellas" huellas.tsv; then good "3. huellas.tsv"; else wrong "3. huellas.tsv"; fi

# 4. La lista de archivos de cada corte tiene la huella que se publicó. The list of files of each corte has the huella
# that was published.
jq -r 'select(.event == "CORTE_PUBLISHED") | "\(.fields.release) \(.fields.manifest_sha256)"' "$work/lines" \
    > "$work/published"
lists=0
absent=0
while read -r release huella; do
    case $release in *[!0-9-]*) continue ;; esac
    if [ ! -f "cortes/$release.txt" ]; then
        absent=$((absent + 1))
        continue
    fi
    lists=$((lists + 1))
    [ "$(digest < "cortes/$release.txt")" = "$huella" ] || wrong "4. cortes/$release.txt"
done < "$work/published"
good "4. cortes: $lists (sin lista / without a list: $absent)"
exit $bad
