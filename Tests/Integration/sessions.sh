# Sources of many requests served statically by nginx: a MISP feed directory (only what changed is fetched) and JSON in pages.
. "$(dirname "$0")/lib.sh"
command -v nginx >/dev/null || { skip "MISP feed directories and paged JSON" "nginx is not installed"; exit 0; }
cd "$scratch" || exit 1
web=$scratch/web
mkdir -p Feeds "$web/www/misp" "$web/www/pages"
port=$(free_port)
start_nginx "$web" "$port" || { not_ok "nginx starts"; exit 0; }
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
summary=$scratch/summary.json
sync() { "$UKAI" sync --force --quiet --summary "$summary" "$@" >"$scratch/out" 2>"$scratch/err"; }
requests() { grep -c "GET /$1" "$web/access.log"; }

events() { # events COUNT CHANGED: writes the manifest and the events; event CHANGED has a newer time and one more attribute
  python3 - "$web/www/misp" "$1" "${2:--1}" <<'P'
import json, os, sys
place, count, changed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
manifest = {}
for n in range(count):
    uuid = "%08d-0000-4000-8000-00000000000a" % n
    time = 1760000000 + n + (5000 if n == changed else 0)
    attributes = [{"uuid": "a", "type": "domain", "category": "Network activity", "to_ids": True, "value": "event-%d-%d.misp.example" % (n, k), "timestamp": str(time)} for k in range(3 + (n == changed))]
    manifest[uuid] = {"info": "event %d" % n, "timestamp": str(time), "date": "2026-11-01", "analysis": "2", "threat_level_id": "2", "Orgc": {"name": "Test"}, "Tag": []}
    path = os.path.join(place, uuid + ".json")
    if n == changed or not os.path.exists(path):
        json.dump({"Event": {"uuid": uuid, "info": "event %d" % n, "timestamp": str(time), "date": "2026-11-01", "Tag": [{"name": "tlp:green"}], "Attribute": attributes}}, open(path, "w"))
manifest["../../etc/passwd"] = {"info": "odd", "timestamp": "1"}
json.dump(manifest, open(os.path.join(place, "manifest.json"), "w"))
P
}
events 60
printf 'version: 1\nname: misp\nurl: http://127.0.0.1:%s/misp/\nformat: misp-feed\nallow-private: true\nwithdraw: at-once\n' "$port" >Feeds/misp.yaml
sync; same "a MISP feed directory ends with 0" 0 $?
same "every event's attributes are in" 180 "$(index_size "$summary")"
same "each event was asked for once" 60 "$(grep -c 'GET /misp/0.*json' "$web/access.log")"
same "a name that is no UUID was not" 0 "$(requests 'misp/.*passwd')"
sync; same "an unchanged manifest is not modified" unchanged "$(fact_of "$summary" misp status)"
same "and asks for no event" 60 "$(grep -c 'GET /misp/0.*json' "$web/access.log")"
events 59 7
sync; same "a changed manifest is taken" updated "$(fact_of "$summary" misp status)"
same "only the changed event is fetched" 61 "$(grep -c 'GET /misp/0.*json' "$web/access.log")"
same "its new attribute is in, the event that left is out" 178 "$(index_size "$summary")"
rm "$web/www/misp/00000003-0000-4000-8000-00000000000a.json"; events 61; rm "$web/www/misp/00000060-0000-4000-8000-00000000000a.json"
"$UKAI" sync --force --summary "$summary" >out 2>err; same "an event that cannot be had ends with 3" 3 $?
holds "and is named" "$(cat err)" "feed.event-missed"
same "what was held before stays, what could be had is in" 181 "$(index_size "$summary")"

# JSON in pages.
python3 - "$web/www/pages" "$port" <<'P'
import json, sys
place, port = sys.argv[1], sys.argv[2]
for page in range(1, 6):
    link = None if page == 5 else ("http://127.0.0.1:%s/pages/%d.json" % (port, page + 1) if page % 2 else "%d.json" % (page + 1))
    json.dump({"count": 50, "next": link, "results": [{"value": "p%d-%d.pages.example" % (page, n), "name": "x"} for n in range(10)]}, open("%s/%d.json" % (place, page), "w"))
json.dump({"next": "http://localhost:%s/pages/2.json" % port, "results": [{"value": "a.pages.example"}]}, open(place + "/away.json", "w"))
json.dump({"next": "circle.json", "results": [{"value": "a.pages.example"}]}, open(place + "/circle.json", "w"))
P
page_feed() { rm -rf Feeds/* state; printf 'version: 1\nname: pages\nurl: http://127.0.0.1:%s/pages/%s\nformat: json\nallow-private: true\njson: {records: "$.results[*]", next: "$.next"}\nmap:\n  value: {path: value}\n' "$port" "$1" >Feeds/pages.yaml; }
page_feed 1.json
sync; same "JSON in pages ends with 0" 0 $?
same "all pages are read" 50 "$(index_size "$summary")"
sync; same "the same pages are unchanged" unchanged "$(fact_of "$summary" pages status)"
page_feed away.json; sync; same "a next page on another host is refused" 65 $?
page_feed circle.json; sync; same "pages in a circle are refused" 65 $?
same "nothing of a refused session is left in the spool" 0 "$(ls state/spool | grep -c .)"
