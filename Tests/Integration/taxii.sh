# TAXII 2.1 from medallion, a real server, and from one of our own that cannot page: discovery, collections, pages, added_after,
# new versions and revocations, credentials.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
summary=$scratch/summary.json
sync() { "$UKAI" sync --force --quiet --summary "$summary" "$@" >"$scratch/out" 2>"$scratch/err"; }
only() { rm -rf Feeds/* state; printf 'version: 1\nname: %s\nformat: taxii\nallow-private: true\n%s\n' "$1" "$2" >"Feeds/$1.yaml"; }

# A server without `next`.
port=$(free_port)
start_server "$port" python3 "$root/Tests/Integration/servers/taxii_without_next.py" "$port" 3100 700 1000 t0ken-value || { not_ok "the server starts"; exit 0; }
export TOKEN=t0ken-value
only all "url: http://127.0.0.1:$port/root/
auth: {bearer: \"\${env:TOKEN}\"}
taxii: {collection: all}"
sync; same "a server that cannot page ends with 0" 0 $?
same "no object between two pages of one time is lost" 3100 "$(index_size "$summary")"
before=$(curl -s "http://127.0.0.1:$port/asked")
sync; same "the second sync is unchanged" unchanged "$(fact_of "$summary" all status)"
same "and asks for one page, from where it stood" 1 $(($(curl -s "http://127.0.0.1:$port/asked") - before))
TOKEN=wrong-t0ken sync; same "a wrong token ends with 69" 69 $?
"$UKAI" indicators list --json | grep -c '"domain"' >count; same "and what was there stays" 3100 "$(cat count)"
grep -rqF t0ken state out err summary.json 2>/dev/null && not_ok "the token is written somewhere" || ok "the token is nowhere to be seen"

# More objects of one time than a page holds, then more than any page can be made to hold.
trap_port=$(free_port)
start_server "$trap_port" python3 "$root/Tests/Integration/servers/taxii_without_next.py" "$trap_port" 2500 2500 3000 t0ken-value
only all "url: http://127.0.0.1:$trap_port/root/collections/22222222-0000-4000-8000-000000000000/
auth: {bearer: \"\${env:TOKEN}\"}"
sync; same "2,500 objects of one moment are all taken" 2500 "$(index_size "$summary")"
stuck_port=$(free_port)
start_server "$stuck_port" python3 "$root/Tests/Integration/servers/taxii_without_next.py" "$stuck_port" 300 300 100 t0ken-value
only all "url: http://127.0.0.1:$stuck_port/root/
auth: {bearer: \"\${env:TOKEN}\"}"
"$UKAI" sync --force --summary "$summary" >out 2>err; same "a page that can never hold them all is said (3)" 3 $?
holds "with the moment" "$(cat err)" "feed.taxii-same-time"

# medallion.
tools=$(python_tools medallion medallion==3.0.0) || { skip "TAXII from medallion" "medallion cannot be installed from PyPI"; exit 0; }
port=$(free_port)
python3 - "$port" <<'P'
import json, sys
port = sys.argv[1]
times = ["2026-02-%02dT00:00:%02d.000000Z" % (1 + n // 60, n % 60) for n in range(250)]
def indicator(n): return {"type": "indicator", "spec_version": "2.1", "id": "indicator--%08d-0000-4000-8000-000000000001" % n, "created": times[n][:-4] + "Z", "modified": times[n][:-4] + "Z", "valid_from": times[n][:-4] + "Z", "pattern_type": "stix", "pattern": "[domain-name:value = 'node-%d.medallion.example']" % n, "confidence": 70}
objects = [indicator(n) for n in range(250)]
objects += [{"type": "intrusion-set", "spec_version": "2.1", "id": "intrusion-set--00000000-0000-4000-8000-000000000002", "created": "2026-03-01T00:00:00.000Z", "modified": "2026-03-01T00:00:00.000Z", "name": "Jade Sleet"},
 {"type": "relationship", "spec_version": "2.1", "id": "relationship--00000000-0000-4000-8000-000000000003", "created": "2026-03-01T00:00:00.000Z", "modified": "2026-03-01T00:00:00.000Z", "relationship_type": "indicates", "source_ref": "indicator--00000007-0000-4000-8000-000000000001", "target_ref": "intrusion-set--00000000-0000-4000-8000-000000000002"}]
manifest = [{"id": o["id"], "version": o["modified"], "date_added": times[i] if i < 250 else "2026-03-01T00:00:00.000000Z", "media_type": "application/stix+json;version=2.1"} for i, o in enumerate(objects)]
def collection(id, title, objects, manifest): return {"id": id, "title": title, "can_read": True, "can_write": True, "media_types": ["application/stix+json;version=2.1"], "objects": objects, "manifest": manifest}
data = {"/discovery": {"title": "Test", "default": "http://127.0.0.1:%s/api/" % port, "api_roots": ["http://127.0.0.1:%s/api/" % port]},
 "api": {"information": {"title": "api", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 9765625}, "status": [],
  "collections": [collection("91a7b528-80eb-42ed-a74d-c6fbd5a26116", "Indicators", objects, manifest), collection("365fed99-08fa-4dcd-a1b3-fb247eb41d01", "Empty", [], [])]}}
json.dump(data, open("data.json", "w"))
json.dump({"backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": "data.json"}, "users": {"reader": "pa55-w0rd"}, "taxii": {"max_page_size": 40}}, open("medallion.json", "w"))
P
start_server "$port" "$tools/medallion" --host 127.0.0.1 --port "$port" --log-level ERROR medallion.json >medallion.log 2>&1 || { not_ok "medallion starts: $(tail -n 3 medallion.log)"; exit 0; }
export TAXII_PASSWORD=pa55-w0rd
only share "url: http://127.0.0.1:$port/taxii2/
auth: {basic: {user: reader, password: \"\${env:TAXII_PASSWORD}\"}}
taxii: {collection: Indicators}
withdraw: age"
sync; same "medallion, from its discovery, ends with 0" 0 $?
same "all pages of medallion are taken" 250 "$(index_size "$summary")"
holds "a relationship of another page names the actor" "$("$UKAI" lookup --json node-7.medallion.example)" "ta-tradertraitor"
sync; same "asked again it is unchanged" unchanged "$(fact_of "$summary" share status)"
curl -s -u reader:pa55-w0rd -H 'Content-Type: application/taxii+json;version=2.1' -H 'Accept: application/taxii+json;version=2.1' \
  "http://127.0.0.1:$port/api/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/" -d '{"objects":[
  {"type":"indicator","spec_version":"2.1","id":"indicator--00000999-0000-4000-8000-000000000001","created":"2026-04-01T00:00:00.000Z","modified":"2026-04-01T00:00:00.000Z","valid_from":"2026-04-01T00:00:00Z","pattern_type":"stix","pattern":"[domain-name:value = '"'"'new.medallion.example'"'"']"},
  {"type":"indicator","spec_version":"2.1","id":"indicator--00000005-0000-4000-8000-000000000001","created":"2026-02-01T00:00:05.000Z","modified":"2026-04-01T00:00:00.000Z","revoked":true,"valid_from":"2026-02-01T00:00:05Z","pattern_type":"stix","pattern":"[domain-name:value = '"'"'node-5.medallion.example'"'"']"}]}' >post.json
sync; same "what was added and revoked since is taken" updated "$(fact_of "$summary" share status)"
same "the new object is in, the revoked one is out" 250 "$(index_size "$summary")"
holds "the new one matches" "$("$UKAI" lookup --json new.medallion.example)" '"status":"match"'
holds "the revoked one does not" "$("$UKAI" lookup --json node-5.medallion.example)" '"status":"expired"'
sed -i 's/collection: Indicators/collection: Indicaters/' Feeds/share.yaml
sync; same "a collection that is not there keeps the set" kept "$(fact_of "$summary" share status)"
holds "and the ones that are there are named" "$(cat err)" "Indicators"
