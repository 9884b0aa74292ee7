#!/bin/sh
# Deploy, watch, and undo by itself: `sh gate.sh "kubectl apply -f new.yaml" "kubectl rollout undo deploy/shop"`.
# PROMETHEUS is its address; QUERIES are PromQL, one a line; what else `octad rollout watch` takes is in OPTIONS.
set -u
deploy=$1
undo=$2
at=$(date +%s)
sh -c "$deploy" || exit 2

# The queries become --query arguments, whatever is in them.
set --
while IFS= read -r query; do
    [ -n "$query" ] && set -- "$@" --query "$query"
done <<EOF
$QUERIES
EOF

# shellcheck disable=SC2086 # OPTIONS are words
${OCTAD:-octad} rollout watch --prometheus "$PROMETHEUS" --at "$at" "$@" ${OPTIONS:-}
verdict=$?
case $verdict in
0) echo "stays" ;;
*)
    # 1 is harm, 3 too little to say before the time was up, 2 an error: none of them is a reason to stay.
    echo "taken back ($verdict)"
    sh -c "$undo" || exit 2
    ;;
esac
exit $verdict
