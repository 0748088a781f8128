#!/bin/sh
# Makes the namespace and registers the search attributes that our workflows set. May run at every start.
# The attributes are those of temporal/messages/search_attributes.py: a workflow that sets one which the
# namespace does not know is stuck for ever.
set -eu

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" > /dev/null 2>&1; then
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
fi

# What one of the server's hosts has just made, its frontend may know a second later.
tries=0
until known="$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")"; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || exit 1
    sleep 0.5
done

for attribute in WorkflowPhase=Keyword ApprovalRequester=Keyword ApprovalDeadline=Datetime \
    ApprovalApprovers=KeywordList ApprovalSettledFor=KeywordList; do
    name="${attribute%=*}"
    if ! printf '%s\n' "$known" | grep -qw "$name"; then
        temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
            --name "$name" --type "${attribute#*=}"
    fi
done
