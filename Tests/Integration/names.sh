#!/usr/bin/env bash
# Names and values in every locale, hostile text in linear time, reports as a feed and as STIX.
. "$(dirname "$0")/lib.sh"

rules=$root/Rules
cases=$root/Tests/Fixtures/names

# ---- the same answers whatever the locale
cut_inputs() { python3 -c "
import json, sys
for line in open(sys.argv[1], encoding='utf-8'):
    row = json.loads(line)
    value = row['input']
    if '\n' not in value and '\t' not in value and '\r' not in value and value.strip():
        print(row['type'] + '\t' + value)" "$1"; }
cut_inputs "$cases/canonical.jsonl" >"$scratch/values"
python3 -c "
import json, sys
for line in open(sys.argv[1], encoding='utf-8'):
    print(json.loads(line)['query'])" "$cases/alias.jsonl" >"$scratch/names"
answers() {
  LC_ALL=$1 LANG=$1 "$UKAI" normalize --json - <"$scratch/values"
  LC_ALL=$1 LANG=$1 "$UKAI" actors resolve --rules "$rules" --json - <"$scratch/names"
}
answers C.UTF-8 >"$scratch/plain"
# The C library knows a locale only when it is there; the variables alone must change nothing either.
if command -v localedef >/dev/null; then
  for name in tr_TR ar_SA; do localedef -i $name -f UTF-8 "$name.UTF-8" >/dev/null 2>&1 || true; done
fi
for name in tr_TR.UTF-8 ar_SA.UTF-8; do
  answers $name >"$scratch/other"
  if cmp -s "$scratch/plain" "$scratch/other"; then ok "answers are the same under $name"; else not_ok "answers differ under $name"; fi
done
same "one line out for one line in" "$(cat "$scratch/values" "$scratch/names" | wc -l)" "$(wc -l <"$scratch/plain")"

# ---- a megabyte of anything, by each command: seconds of processor time, far from what anything but linear would take
linear() {
  python3 -c "
import codecs, sys
piece = codecs.decode(sys.argv[1], 'unicode_escape')
sys.stdout.write(piece * (1000000 // len(piece.encode())) + '\n')" "$1" >"$scratch/hostile"
  for command in refang normalize extract; do
    (
      ulimit -t 20
      exec "$UKAI" $command --json - <"$scratch/hostile" >/dev/null 2>"$scratch/err"
    ) || return 1
  done
}
for piece in '[' '(' '\u200b' 'hxxp' '[.' 'a[.]' 'a\u3002' '.]' '@a' ' at a dot '; do
  if linear "$piece"; then ok "a megabyte of '$piece' is read in time"; else not_ok "a megabyte of '$piece' takes too long or fails: $(head -c 200 "$scratch/err")"; fi
done

# ---- a report: indicators and actors, and what is neither
cat >"$scratch/report.md" <<'REPORT'
# The heist

TraderTraitor, also Jade Sleet, UNC4899 and Slow Pisces, took 4,502.9 BTC from a customer of DMM.com. Read it on crypto.news.

## Indicators of compromise

| Domain | Address |
|---|---|
| evil[.]example | 203.0.113[.]5 |
| listed.example | 198.51.100.7 |

- hxxps://cdn[.]evil[.]example/a.js
- 0x098B716B8Aaf21512996dC57EB0615e2383E2f96

## References

- https://news.example/story
REPORT
found=$("$UKAI" extract --rules "$rules" --json "$scratch/report.md")
values=$(printf '%s\n' "$found" | python3 -c "
import json, sys
print(' '.join(sorted(r['value'] for r in map(json.loads, sys.stdin) if r['kind'] == 'indicator')))")
same "a report's indicators and nothing else" "0x098B716B8Aaf21512996dC57EB0615e2383E2f96 198.51.100.7 203.0.113.5 evil.example https://cdn.evil.example/a.js listed.example" "$values"
actors=$(printf '%s\n' "$found" | python3 -c "
import json, sys
print(' '.join(sorted({r['actor'] for r in map(json.loads, sys.stdin) if r['kind'] == 'actor'})))")
same "a report's actors" "ta-tradertraitor" "$actors"
offsets=$(printf '%s\n' "$found" | python3 -c "
import json, sys
text = open(sys.argv[1], encoding='utf-8').read()
print(all(text[r['start']:r['end']] == r['surface'] for r in map(json.loads, sys.stdin)))" "$scratch/report.md")
same "offsets lead to the surface" True "$offsets"

# HTML gives what Markdown gives.
{
  printf '<!DOCTYPE html><html><head><title>x</title><style>a{b:c.example}</style></head><body><h2>Indicators of compromise</h2><table>'
  printf '<tr><td>evil[.]example</td><td>203.0.113&#91;.&#93;5</td></tr></table><p>Slow Pisces &amp; Jade&nbsp;Sleet</p><script>var u="https://tracker.example/x"</script></body></html>'
} >"$scratch/report.html"
found=$("$UKAI" extract --rules "$rules" --json "$scratch/report.html" | python3 -c "
import json, sys
print(' '.join(sorted({r.get('value') or r['actor'] for r in map(json.loads, sys.stdin)})))")
same "an HTML report" "203.0.113.5 evil.example ta-tradertraitor" "$found"

# Scripts that part no words, full-width marks, and publishers who name themselves around the text.
values_and_actors() { "$UKAI" extract --rules "$rules" --json "$1" | python3 -c "
import json, sys
print(' '.join(sorted({r.get('value') or r['actor'] for r in map(json.loads, sys.stdin)})))"; }
cat >"$scratch/ja.md" <<'REPORT'
# 北朝鮮のトレーダートレイター、暗号資産を窃取

ラザルスグループの下位組織は DMM.com の関連会社から盗んだ。詳細は[発表](https://www.npa.example/press)を参照。

- ドメイン：evil-ja[.]example、bad-ja[.]exampleなど
- IPアドレス：203.0.113[.]44。
- 通信先はhxxp://c2-ja[.]example/loginである
- ハッシュ値（SHA-1）：3395856ce81f2b7382dee72602f798b642f14140
REPORT
same "a Japanese report" "203.0.113.44 3395856ce81f2b7382dee72602f798b642f14140 bad-ja.example evil-ja.example http://c2-ja.example/login ta-lazarus ta-tradertraitor" "$(values_and_actors "$scratch/ja.md")"
cat >"$scratch/ko.txt" <<'REPORT'
라자루스 산하 트레이더트레이터(일명 Jade Sleet·UNC4899)가 공격했다고 crypto.news가 전했다.
침해지표: evil-ko[.]example, 198.51.100[.]9를 차단하라. hxxps://evil-ko[.]example/a.php에서 내려받는다.
REPORT
same "a Korean report" "198.51.100.9 evil-ko.example https://evil-ko.example/a.php ta-lazarus ta-tradertraitor" "$(values_and_actors "$scratch/ko.txt")"
cat >"$scratch/zh.txt" <<'REPORT'
据crypto.news报道，TraderTraitor（又名Jade Sleet）盗走了DMM.com的比特币。
域名evil-zh[.]example；IP为203[.]0[.]113[.]99，网址hxxp://evil-zh[.]example/x.exe。
REPORT
same "a Chinese report" "203.0.113.99 evil-zh.example http://evil-zh.example/x.exe ta-tradertraitor" "$(values_and_actors "$scratch/zh.txt")"
cat >"$scratch/ar.txt" <<'REPORT'
سرقت مجموعة ترايدر ترايتور التابعة لمجموعة لازاروس من DMM.com، بحسب crypto.news.
المؤشرات: evil-ar[.]example، و 198.51.100[.]77؛ والرابط hxxps://evil-ar[.]example/a
REPORT
same "an Arabic report" "198.51.100.77 evil-ar.example https://evil-ar.example/a ta-lazarus ta-tradertraitor" "$(values_and_actors "$scratch/ar.txt")"
{
  printf '<html><head><title>Slow Pisces again</title></head><body><nav><a href="https://news.example/">news.example</a></nav><h2>Indicators</h2>'
  printf '<ul><li>evil[.]example</li><li>Contact: soc@vendor.example</li></ul><p>&quot;Jade&nbsp;Sleet&quot;</p><footer>news.example press@news.example</footer></body></html>'
} >"$scratch/frame.html"
same "navigation, footer and contact are no indicators, the title names an actor" "evil.example ta-tradertraitor" "$(values_and_actors "$scratch/frame.html")"
same "names across an entity lie where they stand" 'Jade&nbsp;Sleet' "$("$UKAI" extract --rules "$rules" --json "$scratch/frame.html" | python3 -c "
import json, sys
text = open(sys.argv[1], encoding='utf-8').read()
print([text[r['start']:r['end']] for r in map(json.loads, sys.stdin) if r['kind'] == 'actor'][-1])" "$scratch/frame.html")"

# Reports by the thousand, with few descriptors.
mkdir "$scratch/many"
for number in $(seq 300); do printf 'evil%s[.]example\n' "$number" >"$scratch/many/$number"; done
same "three hundred reports with sixty-four descriptors" 300 "$(ulimit -n 64 && "$UKAI" extract --rules "$rules" --json "$scratch/many"/* | wc -l)"

# As a feed that sync takes in.
mkdir -p "$scratch/feeds" "$scratch/state"
"$UKAI" extract --rules "$rules" --as feed "$scratch/report.md" >"$scratch/report.jsonl"
cat >"$scratch/feeds/report.yaml" <<FEED
name: report
url: file://$scratch/report.jsonl
format: jsonl
map: {value: {path: value, type: {path: type}}, actors: {path: actors}}
FEED
if "$UKAI" sync --rules "$rules" --feeds "$scratch/feeds" --state "$scratch/state" >"$scratch/out" 2>&1; then
  count=$("$UKAI" indicators list --rules "$rules" --feeds "$scratch/feeds" --state "$scratch/state" --json | wc -l)
  same "sync takes the report's feed in" 6 "$count"
else
  not_ok "sync takes the report's feed in: $(head -c 400 "$scratch/out")"
fi

# As STIX that a validator accepts.
if python=$("$root/scripts/counterparts" stix 2>"$scratch/why"); then
  "$UKAI" extract --rules "$rules" --as stix "$scratch/report.md" >"$scratch/bundle.json"
  if "$(dirname "$python")/stix2_validator" "$scratch/bundle.json" >"$scratch/out" 2>&1; then
    ok "the STIX bundle is valid"
  else
    not_ok "the STIX bundle is valid: $(grep -E '✗|X|Error|error' "$scratch/out" | head -n 5)"
  fi
else
  skip "the STIX bundle is valid" "$(tail -n 1 "$scratch/why")"
fi

# Imports: the same bytes each time, and a layer that resolves by id.
printf '{"values":[{"value":"Wren Nest","uuid":"68391641-859f-4a9a-9a1e-3e5cf71ec376","meta":{"synonyms":["Hidden Wren"]}}]}' >"$scratch/galaxy.json"
cp -r "$rules/actors" "$scratch/actors"
mkdir "$scratch/rules" && mv "$scratch/actors" "$scratch/rules/actors"
for _ in 1 2; do
  "$UKAI" actors import misp "$scratch/galaxy.json" --into "$scratch/rules/actors/imported" --version 1 --date 2026-08-06 2>/dev/null
  sha256sum "$scratch/rules/actors/imported/"* >>"$scratch/sums"
done
same "an import gives the same bytes each time" 2 "$(sort "$scratch/sums" | uniq -c | awk '$1 == 2' | wc -l)"
same "an imported cluster is the actor with its id" ta-lazarus "$("$UKAI" actors resolve --rules "$scratch/rules" --json 'Hidden Wren' | python3 -c 'import json,sys; print(json.load(sys.stdin).get("actor"))')"
holds "diff names what changed" "$("$UKAI" actors diff "$rules/actors" "$scratch/rules/actors" 2>/dev/null)" "Hidden Wren: unknown → resolved ta-lazarus"

# What a curator decided is not put in doubt by a cluster that nobody aligned, nor by a base that counts the part under the whole.
cat >"$scratch/doubt.json" <<'GALAXY'
{"values":[
{"value":"Jade Sleet","uuid":"11111111-859f-4a9a-9a1e-3e5cf71ec376","meta":{"synonyms":["Night Wren"]}},
{"value":"Wren Nest","uuid":"68391641-859f-4a9a-9a1e-3e5cf71ec376","meta":{"synonyms":["TraderTraitor","Hidden Wren","Turla","Mirth"]}}]}
GALAXY
"$UKAI" actors import misp "$scratch/doubt.json" --into "$scratch/rules/actors/imported" --version 2 2>/dev/null
resolved() { "$UKAI" actors resolve --rules "$scratch/rules" --json "$1" | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["status"], r.get("actor", ""))'; }
same "an unaligned cluster of the same name" "resolved ta-tradertraitor" "$(resolved 'Jade Sleet')"
same "a part counted under the whole" "resolved ta-tradertraitor" "$(resolved TraderTraitor)"
same "a name that only the unaligned cluster has" "resolved misp:11111111-859f-4a9a-9a1e-3e5cf71ec376" "$(resolved 'Night Wren')"
names_in() { "$UKAI" actors find --rules "$scratch/rules" --json - | python3 -c 'import json,sys; print(" ".join(r["surface"] + ":" + r["strength"] for r in map(json.loads, sys.stdin)))'; }
same "a word that only a base calls a name needs a cue" "" "$(echo 'Mirth filled the room; the mirth went on.' | names_in)"
same "a word that only a base calls a name, with its cue" "Mirth:weak" "$(echo 'The group known as Mirth struck.' | names_in)"
printf '[{"Threat actor name":"Diamond Sleet","Origin/Threat":"North Korea","Other names":"Lazarus, Dim Wren"}]' >"$scratch/mapping.json"
"$UKAI" actors import microsoft "$scratch/mapping.json" --into "$scratch/rules/actors/imported" --version 1 2>/dev/null
same "a part that a base gives the name of the whole" "resolved ta-lazarus" "$(resolved Lazarus)"
same "what the base knows besides still counts" "resolved ta-diamond-sleet" "$(resolved 'Dim Wren')"
same "a real disagreement stays one" "ambiguous " "$(resolved Turla)"
same "a list's other names give a hint" ta-tradertraitor "$("$UKAI" actors resolve --rules "$rules" --json 'LABYRINTH CHOLLIMA, UNC4899' | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["hint"] if r["status"] == "ambiguous" else r["status"])')"
same "a filter leaves tabs alone" "$(printf 'a\tevil.example')" "$(printf 'a\tevil[.]example\n' | "$UKAI" refang -)"
same "a bad name is told to be one" empty-label "$("$UKAI" normalize --json 'foo..bar' | python3 -c 'import json,sys; print(json.load(sys.stdin)["reason"])')"
