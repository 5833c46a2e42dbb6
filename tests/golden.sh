#!/bin/sh
# The command's output and exit status against files: every case is a command line, run in a folder
# of its own, and tests/golden/NAME.out says what it prints. With --write the files are rewritten.
# Numbers are cut to nine digits and those below 1e-10 become "tiny": the rest is the machine's.
set -u
cd "$(dirname "$0")/.." || exit 1
root=$PWD
B=${B:-build}
case $B in /*) ;; *) B=$root/$B ;; esac
write=
[ "${1:-}" = --write ] && write=1

work=$B/golden
rm -rf "$work"
mkdir -p "$work/bin" "$work/at"
ln -s "$B/wassily" "$work/bin/wassily"
PATH=$work/bin:$PATH
export PATH
unset OMP_NUM_THREADS NO_COLOR WASSILY_TABLES
cp -r tests/golden/two-sector tests/golden/*.yaml tests/golden/*.csv studies/opening_salvo.yaml "$work/at"
checks=0 failures=0

normal() {
    sed -e "s|$work/at/||g" -e "s|$work/at|.|g" -e "s|$root/||g" |
        awk '{
            out = ""
            while (match($0, /[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/)) {
                number = substr($0, RSTART, RLENGTH)
                before = substr($0, 1, RSTART - 1)
                if (number ~ /e-[1-9][0-9]/) {
                    number = "tiny"
                } else if (number ~ /\./ && length(number) > 11) {
                    number = sprintf("%.9g", number)
                }
                out = out before number
                $0 = substr($0, RSTART + RLENGTH)
            }
            print out $0
        }'
}

# compare NAME FILE: FILE is what tests/golden/NAME.out should be.
compare() {
    expected=tests/golden/$1.out
    checks=$((checks + 1))
    if [ -n "$write" ]; then
        cp "$2" "$expected"
    elif ! diff -u "$expected" "$2"; then
        echo "golden $1: the output changed; 'make golden' rewrites it"
        failures=$((failures + 1))
    fi
}

# golden NAME 'COMMAND'...: the commands one after another, each with its output and exit status.
golden() {
    name=$1
    shift
    : >"$work/$name.out"
    for line in "$@"; do
        (cd "$work/at" && sh -c "$line" >../stdout 2>../stderr </dev/null)
        status=$?
        {
            printf '$ %s\n' "$line"
            normal <"$work/stdout"
            [ -s "$work/stderr" ] && echo '--- stderr' && normal <"$work/stderr"
            echo "--- exit $status"
        } >>"$work/$name.out"
    done
    compare "$name" "$work/$name.out"
}

golden version 'wassily --version' 'wassily --help | head -n 1'
golden help 'wassily help' 'wassily' 'wassily help nonsense'
for command in run info check multipliers solve invert extract import convert tables balance aggregate regionalise carve origins assemble split sector rates export schema doctor bench completion help; do
    golden "help_$command" "wassily $command --help"
done
golden manual 'wassily help multipliers --man' 'wassily help --man'
golden completion 'wassily completion'
golden usage 'wassily rnu small.yaml' 'wassily run' 'wassily run small.yaml --frce' \
    'wassily run small.yaml -x' 'wassily run small.yaml -o' 'wassily run small.yaml --force=1' \
    'wassily run small.yaml other.yaml' 'wassily run small.yaml -f -f' \
    'wassily run small.yaml --threads 0' 'wassily run small.yaml --threads two' \
    'wassily run small.yaml -o -' 'wassily run -' 'wassily run small.yaml --json --csv' \
    'wassily export x.h5' 'wassily export x.h5 --to xls' 'wassily export two-sector --to hdf5' \
    'wassily export x.h5 --to csv -o y.csv' 'wassily export x.h5 --to json --variable jobs' \
    'wassily solve two-sector' 'wassily info two-sector --screen'
golden missing 'wassily run nowhere.yaml' 'wassily info nowhere' 'wassily check nowhere.h5' \
    'wassily multipliers us-2018' 'wassily solve two-sector --demand nowhere.csv' \
    'wassily export nowhere.h5 --to csv'

golden info 'wassily info ./two-sector' 'wassily info ./two-sector --codes' \
    'wassily info ./two-sector --codes --json' 'wassily info ./two-sector --json' 'wassily info small.yaml' \
    'wassily run small.yaml -q --reproducible' \
    'wassily info small.h5 | grep -vE "^(error bound|backward error|compiler|BLAS)"' \
    'wassily info small.h5 --json | head -n 17' \
    'wassily check small.h5' 'rm small.h5'
golden check 'wassily check ./two-sector' 'wassily check ./two-sector --json' \
    'wassily check us-2017' 'wassily check small.yaml' 'wassily check small.yaml --json'
cp -r "$work/at/two-sector" "$work/at/unbalanced"
sed -i 's/350,900/350,1000/' "$work/at/unbalanced/primary.csv"
cp -r "$work/at/two-sector" "$work/at/no-inputs"
sed -i '2,$d' "$work/at/no-inputs/primary_items.csv"
sed -i '3,$d' "$work/at/no-inputs/primary.csv"
golden check_no 'wassily check ./unbalanced' 'wassily check ./unbalanced --json' \
    'wassily check ./unbalanced --csv' 'wassily check ./unbalanced --csv --json' \
    'wassily check ./no-inputs' \
    'wassily check small.yaml --csv'
mkdir "$work/at/mine"
cp -r "$work/at/two-sector" "$work/at/mine/my-table"
golden tables 'wassily tables' 'WASSILY_TABLES=mine wassily tables | head -n 1' \
    'WASSILY_TABLES=mine wassily multipliers my-table --csv' \
    'wassily tables --json | head -n 12'
golden doctor 'wassily doctor > report' 'grep -E "^(ok|warning|failed) " report | cut -c 10-24 | sed "s/ *$//"' \
    'wassily doctor --threads 1 --json > report' 'grep -E "subject|fit" report' \
    'wassily doctor --threads 0' 'wassily doctor x' 'rm report'
golden bench 'wassily bench --size small --seconds 0.001 --csv 2>/dev/null | cut -d , -f 1,2,9,12,13 | grep -vE "krylov|sparse"' \
    'wassily bench --size small --seconds 0.001 2>/dev/null | head -n 1' \
    'wassily bench --size small --seconds 0.001 --threads 1 --json 2>/dev/null | head -n 8 | grep -v runs' \
    'wassily bench --size huge' 'wassily bench --seconds 0' 'wassily bench --json --csv' 'wassily bench --threads 0'
golden schema 'wassily schema | head -n 12' 'wassily schema --json | head -n 3'

golden multipliers 'wassily multipliers ./two-sector' 'wassily multipliers ./two-sector --csv' \
    'wassily multipliers ./two-sector --csv --households endogenous --household-income total' \
    'wassily multipliers ./two-sector --csv --households endogenous --household-income wages --rounds 2' \
    'wassily multipliers us-2017 --csv | head -n 3' \
    'wassily multipliers world-2009 --csv | sed -n "1p;2p;14p"'
cp -r "$work/at/two-sector" "$work/at/listed"
printf 'from,to,value\nAGR,MAN,500\nAGR,AGR,150\nAGR,HH,50\nAGR,OTH,300\nMAN,AGR,200\nMAN,MAN,100\nMAN,HH,400\nMAN,OTH,1300\n' >"$work/at/listed/flows.csv"
printf 'sector,wages,other\nMAN,500,900\nAGR,300,350\n' >"$work/at/listed/primary.csv"
printf 'region,sector,jobs\n,unit,persons\nHOME,AGR,30\nHOME,MAN,40\n' >"$work/at/listed/satellites.csv"
cp -r "$work/at/listed" "$work/at/twice"
printf 'AGR,MAN,2\nAGR,MAM,1\nMAN,HH,x\n' >>"$work/at/twice/flows.csv"
golden list 'wassily info ./listed' 'wassily check ./listed' 'wassily multipliers ./listed --csv' \
    'wassily multipliers ./listed --csv --households endogenous --household-income total' \
    'wassily solve ./listed --demand demand.csv --csv --method krylov' \
    'wassily info ./listed --json | grep flows' 'wassily multipliers ./twice' \
    'wassily multipliers ./listed --memory 1e-9' 'wassily invert ./listed -o l.h5' \
    'wassily convert ./listed whole' 'diff two-sector/flows.csv whole/flows.csv' 'rm -r whole' \
    'wassily solve ./listed --demand demand.csv --stream'
cp -r "$work/at/two-sector" "$work/at/some-jobs"
sed -i 's/^jobs,persons,30,40/jobs,persons,30,/' "$work/at/some-jobs/satellites.csv"
golden lower_bound 'wassily multipliers ./some-jobs' 'wassily multipliers ./some-jobs --csv' \
    'wassily solve ./some-jobs --demand demand.csv --csv'
cp -r "$work/at/two-sector" "$work/at/no-income"
sed -i '/^household_income/,/^  source/d' "$work/at/no-income/table.yaml"
golden households 'wassily multipliers ./two-sector --households endogenous' \
    'wassily multipliers ./two-sector --household-income total' \
    'wassily multipliers ./two-sector --households endogenous --household-income some' \
    'wassily multipliers ./two-sector --households endogenous --household-income disposable --tax .2' \
    'wassily multipliers ./two-sector --households endogenous --household-income total --saving .1' \
    'wassily multipliers ./two-sector --households endogenous --household-income disposable --tax .5 --saving .4 --leakage .2' \
    'wassily multipliers ./two-sector --households endogenous --household-income disposable --tax 2 --saving .4 --leakage .2' \
    'wassily multipliers ./two-sector --households endogenous --household-income disposable --tax .2 --saving .1 --leakage .1 --csv' \
    'wassily multipliers ./no-income --households endogenous --household-income total' \
    'wassily multipliers world-2009 --households endogenous --household-income total'
cp tests/data/import/icio/2015.csv "$work/at/icio_2015.csv"
cp tests/data/import/siot/aaa_2014.csv "$work/at"
printf 'code,role\nHFCE,household\nVA,left_out\n' >"$work/at/roles.csv"
sed 's/AAA_INVNT/AAA_STOCK/' "$work/at/icio_2015.csv" >"$work/at/icio_2016.csv"
cp -r tests/data/import/bea/summary "$work/at/bea"
golden supply_use 'wassily import auto bea -o us.h5 --year 2021 --model D' 'wassily check us.h5' \
    'wassily import bea bea -o u.h5 --year 2020' 'wassily import bea bea -o u.h5 --model E' \
    'wassily import bea bea -o u.h5 --model A --year 2020' 'wassily import bea bea -o u.h5 --model D' \
    'wassily import bea bea -o u.h5 --model D --year 2019' 'wassily info bea' \
    'wassily import icio icio_2015.csv -o u.h5 --model D'
cp -r tests/data/import/mapping-sut "$work/at/sut"
sed 's/CPA_C,Goods,40,80,40,120/CPA_C,Goods,40,80,40,119/' "$work/at/sut/use.csv" >"$work/at/sut/more.csv"
sed 's/use.csv/more.csv/' "$work/at/sut/purchasers.yaml" >"$work/at/sut/more.yaml"
golden supply_use_mapping 'wassily import mapping sut/purchasers.yaml -o m/ --model D' 'wassily check m' \
    'cat m/flows.csv' 'cat m/primary.csv' 'cat m/final_primary.csv' 'wassily multipliers ./m' \
    'wassily import mapping sut/more.yaml -o n/ --model D' 'wassily import mapping sut/purchasers.yaml -o n/' \
    'wassily import mapping sut/purchasers.yaml -o n/ --model D --year 2019' 'rm -r m'
golden import 'wassily import --list' 'wassily import auto icio_2015.csv -o i.h5' \
    'wassily info i.h5' 'wassily import icio icio_2015.csv -o i.h5' \
    'wassily import icio icio_2015.csv -o i.h5 --force --quiet --roles roles.csv' \
    'wassily export i.h5 --to pymrio -o p' 'cat p/factor_inputs/F.txt' 'wassily export i.h5 --to pymrio -o p' \
    'wassily import icio icio_2016.csv -o j.h5' 'wassily import siot aaa_2014.csv -o s/' \
    'wassily import siot aaa_2014.csv --region AAA --unit "thousand EUR" -o s/' \
    'wassily import icoi icio_2015.csv -o j.h5' 'wassily import auto roles.csv -o j.h5' \
    'wassily import icio' 'wassily import icio icio_2015.csv' \
    'wassily import icio icio_2015.csv -o j.h5 --year 12' \
    'wassily import icio icio_2015.csv -o j.h5 --concordance roles.csv' \
    'wassily info icio_2015.csv' 'wassily info aaa_2014.csv' 'wassily info aaa_2014.csv --json' 'rm -r p s i.h5'
golden convert 'wassily convert world-2009 w.h5' 'wassily convert w.h5 p --to pymrio' \
    'head -n 4 p/factor_inputs/F.txt | cut -f 1-4' 'wassily convert icio_2015.csv i/ --to folder | tail -n 1' \
    'cat i/uses.csv' 'wassily convert us-2017 q --to pymrio' 'wassily convert w.h5 p' 'wassily convert nowhere n.h5' \
    'wassily convert w.h5' 'rm -r p i w.h5'
golden series 'wassily convert 2009=world-2009 2017=us-2017 -o s.h5' 'wassily info s.h5' \
    'wassily info s.h5 --json | grep -E "kind|years|\"year\""' 'wassily info s.h5:2009 | head -n 4' \
    'wassily check s.h5' 'wassily check s.h5:2010' 'wassily convert 2011=world-2011 -o s.h5 --append 2>&1 | tail -n 1' \
    'wassily info s.h5' 'wassily convert 2011=world-2011 -o s.h5' 'wassily convert 2011=world-2011 -o s.h5 --append 2>&1 | tail -n 1' \
    'wassily convert 2010=world-2009 -o t.h5' 'wassily convert world-2009 -o t.h5 --append' 'wassily convert a b --append' \
    'wassily convert 2009=world-2009 -o t --to folder' 'wassily convert s.h5:2009 w.h5' \
    'wassily convert 2011=world-2011 -o w.h5 --append' 'rm s.h5 w.h5'
golden solve 'wassily solve ./two-sector --demand demand.csv' \
    'wassily solve ./two-sector --demand demand.csv --csv' \
    'wassily solve ./two-sector --demand demand_wrong.csv' \
    'wassily convert ./two-sector s.h5' 'wassily solve s.h5 --demand demand.csv --stream' \
    'wassily solve s.h5 --demand demand.csv --stream --csv' \
    'wassily solve s.h5 --demand demand.csv --stream --json | grep -E "output\"|certificate|stream"' \
    'wassily solve s.h5 --demand demand.csv --stream --threads 2 --explain | tail -n 1' \
    'wassily solve s.h5 --demand demand.csv --stream --method lu' \
    'wassily solve ./two-sector --demand demand.csv --stream' 'rm s.h5'
golden stream 'wassily convert us-2017 u.h5' 'wassily check u.h5 --stream' 'wassily check u.h5 --stream --json' \
    'wassily check u.h5 --stream --csv --threads 2 2> /dev/null | tail -n 2' 'wassily check us-2017 --stream' \
    'wassily check small.yaml --stream' 'wassily check u.h5 --threads 0' 'wassily multipliers u.h5 --stream --csv | head -n 3' \
    'wassily multipliers u.h5 --csv | head -n 3' 'wassily multipliers u.h5 --stream --explain | tail -n 2' \
    'wassily multipliers u.h5 --stream --households endogenous --household-income wages' \
    'wassily convert ./unbalanced v.h5' 'wassily check v.h5 --stream' 'wassily multipliers v.h5 --stream' 'rm u.h5 v.h5'

golden invert 'wassily invert ./two-sector --csv' 'wassily invert ./two-sector -o L.h5' \
    'wassily invert ./two-sector -o L.h5' 'wassily invert ./two-sector -o L.h5 --force --quick --threads 2' \
    'wassily export L.h5 --to csv --variable leontief_inverse | tail -n 1' \
    'wassily invert ./two-sector' 'wassily invert ./two-sector -o -' \
    'wassily invert ./two-sector --csv --threads 0' 'wassily invert nowhere -o M.h5' \
    'wassily invert us-2017 --csv | sed -n "1p;2p;12770p"' 'rm L.h5'

golden extract 'wassily extract ./two-sector' 'wassily extract ./two-sector --csv' \
    'wassily extract ./two-sector --sector AGR' 'wassily extract ./two-sector --sector HOME.MAN --csv' \
    'wassily extract ./two-sector --group goods' \
    'wassily extract ./two-sector --kind backward --csv' \
    'wassily extract ./two-sector --kind forward --share 0.3 --sector HOME.AGR' \
    'wassily extract ./some-jobs' 'wassily extract us-2017' \
    'wassily extract world-2009 --sector Mining,USA.Metals --csv | head -n 3' \
    'wassily extract ./two-sector -o E.h5 --csv | head -n 1' 'wassily extract ./two-sector -o E.h5' \
    'wassily export E.h5 --to csv | tail -n 1' 'rm E.h5' \
    'wassily extract ./two-sector --sector AGG' 'wassily extract ./two-sector --group bads' \
    'wassily extract ./two-sector --share 0.5' 'wassily extract ./two-sector --kind forward --share 2' \
    'wassily extract ./two-sector --kind sideways' 'wassily extract ./two-sector --sector AGR --group goods' \
    'wassily extract ./two-sector --csv --json' 'wassily extract ./two-sector --threads 0' \
    'wassily extract ./two-sector -o -' 'wassily extract nowhere'

golden rates 'wassily rates --lines tariff_lines.csv --trade tariff_trade.csv --concordance tariff_sectors.csv --date 2025-02-04' \
    'wassily rates --lines tariff_lines.csv --trade tariff_trade.csv --concordance tariff_sectors.csv --date 2025-02-04 --allow-unmapped' \
    'wassily rates --lines tariff_lines.csv --trade tariff_trade.csv --concordance tariff_sectors.csv --date 4.2.2025' \
    'wassily rates --lines tariff_lines.csv --trade tariff_trade.csv --concordance tariff_sectors.csv --date 2025-02-04 --authorities mfn,s310' \
    'wassily rates --lines tariff_trade.csv --trade tariff_lines.csv --concordance nowhere.csv --date 2025-02-04' \
    'wassily rates'

golden balance 'wassily balance ./two-sector -r totals_rows.csv -c totals_columns.csv -o b.h5 --report cells.csv' \
    'head -n 3 cells.csv' 'wassily info b.h5 | grep -i balanced' \
    'wassily balance ./two-sector -r totals_rows.csv -c totals_wrong.csv' \
    'wassily balance ./two-sector -r totals_rows.csv -c totals_rows.csv' \
    'wassily balance ./two-sector -r totals_rows.csv' \
    'printf "region,sector,total,year\nHOME,AGR,1100,2024\n" > y.csv' \
    'printf "region,user,total,year\nHOME,AGR,1100,2024\n" > z.csv' \
    'wassily balance ./two-sector -r y.csv -c z.csv -y 2024 -o y.h5' \
    'wassily info y.h5 | grep -E "^year|rojected"' 'wassily balance ./two-sector -r y.csv -c z.csv' \
    'wassily balance ./two-sector -r y.csv -c z.csv -a jobs.csv' 'rm -f y.csv z.csv y.h5' \
    'printf "region,sector,total,sigma\nHOME,AGR,1100,5\n" > sigma.csv' \
    'wassily balance ./two-sector -r sigma.csv -c totals_columns.csv; rm sigma.csv' \
    'printf "region,user,total\nHOME,AGR,1200\n" > off.csv' \
    'wassily balance ./two-sector -r totals_rows.csv -c off.csv' 'rm b.h5 cells.csv off.csv'
golden aggregate 'wassily aggregate ./two-sector -s one_sector.csv -o a.h5 --bias' \
    'wassily multipliers a.h5 --csv' 'wassily aggregate ./two-sector -s one_sector.csv' \
    'wassily aggregate us-2017 -s one_sector.csv --bias 2>&1 | tail -n 2' \
    'wassily aggregate ./two-sector -o c.h5' 'rm a.h5'
golden carve 'wassily carve world-2009 -k USA,CHN -o c.h5' 'wassily carve world-2009 -k USA -o c.h5' \
    'wassily carve world-2009 -k UAS -o d.h5' 'wassily carve world-2009 -k USA' 'rm c.h5'
printf 'sector,partner,value,use\nFood,CHN,1,\nFood,CAN,3,capital\n' >"$work/at/trade.csv"
printf 'sector,partner,value\nFood,CHN,-1\nFood,CHN\n' >"$work/at/trade_wrong.csv"
printf 'sector,partner,value\nFood,CHN,1e9\nFod,CHN,1\n' >"$work/at/trade_large.csv"
printf 'from,to\nUSA,USA\n' >"$work/at/block.csv"
for region in CHN EU26 GBR JPN CAN MEX IND BRA ROW; do echo "$region,ROW" >>"$work/at/block.csv"; done
golden origins 'wassily carve world-2009 -k USA -o c.h5 2>/dev/null' \
    'wassily aggregate c.h5 -r block.csv -o usa.h5' 'wassily origins usa.h5 -t trade.csv -o o.h5 --rest ROW' \
    'wassily origins usa.h5 -t trade.csv -o o.h5 --rest ROW --levels --json --force | head -n 12' \
    'wassily origins usa.h5 -t trade.csv -o p.h5 2>&1 | head -n 3' \
    'wassily origins usa.h5 -t trade_wrong.csv -o p.h5' 'wassily origins usa.h5 -t trade_large.csv -o p.h5 --rest ROW --levels' \
    'wassily origins usa.h5 -t trade.csv -o p.h5 --levels' 'wassily origins c.h5 -t trade.csv -o p.h5 --rest ROW' 'rm c.h5 usa.h5 o.h5'
echo 'sector,seller,buyer,value' >"$work/at/between.csv"
for sector in Food Textiles Paper Chemicals Metals Machinery Mining Energy Construction Trade Transport Services; do
    printf '%s,CHN,USA,1\n%s,ROW,USA,3\n%s,USA,CHN,1\n%s,ROW,CHN,4\n' $sector $sector $sector $sector >>"$work/at/between.csv"
done
{ cat "$work/at/between.csv"; printf 'Food,USA,USA,1\nFod,ROW,USA,1\nFood,ROW,USA,1\n'; } >"$work/at/between_wrong.csv"
golden assemble 'wassily carve world-2009 -k USA -o usa.h5 2>/dev/null' 'wassily carve world-2009 -k CHN -o chn.h5 2>/dev/null' \
    'wassily assemble usa.h5 chn.h5 -t between.csv -m isard -o m.h5' \
    'wassily assemble usa.h5 chn.h5 -t between.csv -m isard -u GAP -r ROW -o m.h5' \
    'wassily assemble usa.h5 chn.h5 -t between.csv -m chenery-moses -u EXP -o c.h5 --json 2>/dev/null | head -n 18' \
    'wassily check c.h5 | tail -n 1' 'wassily assemble usa.h5 chn.h5 -t between_wrong.csv -m isard -o d.h5' \
    'wassily assemble usa.h5 us-2017 -t between.csv -m isard -o d.h5 2>&1 | head -n 3' \
    'wassily assemble usa.h5 usa.h5 -t between.csv -m isard -o d.h5' 'wassily assemble usa.h5 chn.h5 -t between.csv -o d.h5' \
    'wassily assemble world-2009 --pool -o p.h5' 'wassily info p.h5 | grep -m 1 split' 'wassily assemble m.h5 c.h5 --pool -o q.h5' \
    'rm p.h5 usa.h5 chn.h5 m.h5 c.h5'
printf 'from,to,weight,inputs\nAGR,CROPS,.5,.25\nAGR,HERDS,.5,.75\n' >"$work/at/parts.csv"
printf 'from,to,weight\nAGR,CROPS,.5\nAGS,HERDS,.5\n' >"$work/at/parts_wrong.csv"
golden split 'wassily split ./two-sector -s parts.csv -o s.h5' 'wassily split ./two-sector -s parts_wrong.csv -o s.h5' \
    'cut -d , -f 1-3 parts.csv > even.csv' 'wassily split ./two-sector -s even.csv -o s.h5' 'wassily multipliers s.h5 --csv' \
    'wassily split ./two-sector -o s.h5' 'rm s.h5 even.csv'
golden sector 'printf "kind,region,label,value\ninput,HOME,MAN,40\ninput,,wages,60\nsale,HOME,HH,30\nsale,HOME,OTH,70\naccount,,jobs,5\n" > pv.csv' \
    'wassily sector ./two-sector -r pv.csv -p HOME.MAN -c PV -n "Solar cells" -o pv.h5' 'wassily multipliers pv.h5 --csv' \
    'wassily sector ./two-sector -r pv.csv -p HOME.MEN -c PV -o q.h5' 'wassily sector ./two-sector -r pv.csv -p HOME.MAN -c PV' \
    'sed -i s/MAN,40/MAN,30/ pv.csv' 'wassily sector ./two-sector -r pv.csv -p HOME.MAN -c PV -o q.h5' 'rm pv.csv pv.h5'
golden regionalise 'wassily regionalise ./two-sector -r OH -j region_jobs.csv -m flq -d .3 -o r.h5' \
    'wassily multipliers r.h5 --csv' \
    'wassily regionalise ./two-sector -r OH -j region_jobs.csv -m flq -o s.h5' \
    'wassily regionalise ./two-sector -r OH -j region_jobs.csv -m lq -d .3 -o s.h5' \
    'wassily regionalise ./two-sector -r OH -j region_jobs.csv' 'rm r.h5'

# A table with further files: what each command makes of them, and names and titles.
cp -r "$work/at/two-sector" "$work/at/with-files"
printf 'sector,rate,trade,note\nAGR,.10,12,wheat\nMAN,.2,30,\n' >"$work/at/with-files/tariffs.csv"
printf 'sector,price\nAGR,3\nMAN,1\n' >"$work/at/with-files/plain.csv"
printf 'file,column,kind,weight\ntariffs.csv,rate,rate,trade\ntariffs.csv,trade,amount,\ntariffs.csv,note,text,\n' \
    >"$work/at/with-files/columns.csv"
cp -r "$work/at/with-files" "$work/at/away"
sed -i 's/HOME/AWAY/g' "$work"/at/away/*.csv "$work/at/away/table.yaml"
{ cat "$work/at/with-files/columns.csv"; echo 'plain.csv,price,same,'; } >"$work/at/described.csv"
printf 'from,to,weight\nAGR,CROPS,.25\nAGR,HERDS,.75\n' >"$work/at/quarter.csv"
printf 'from,to\nCROPS,AGR\nHERDS,AGR\nMAN,MAN\n' >"$work/at/back.csv"
echo sector,seller,buyer,value >"$work/at/none.csv"
golden further_files 'wassily split ./with-files -s quarter.csv -o s.h5 --columns described.csv' \
    'wassily export s.h5 --to folder -o s 2>/dev/null && cat s/tariffs.csv s/plain.csv' \
    'wassily info s.h5 | grep -E "^(name|title)|csv"' \
    'wassily aggregate s.h5 -s back.csv -o a.h5 --name two --title "There and back"' \
    'wassily export a.h5 --to folder -o a 2>/dev/null && cat a/tariffs.csv a/plain.csv' \
    'wassily info a.h5 | grep -E "^(name|title)"' 'rm -r s a' \
    'wassily split ./with-files -s quarter.csv -o s.h5 --force --name ""' \
    'wassily split ./with-files -s quarter.csv -o s.h5 --force --name parts' \
    'wassily info s.h5 | grep -E "^(name|title)|csv"' \
    'wassily regionalise ./with-files -r OH -j region_jobs.csv -m lq -o r.h5 --columns described.csv' \
    'wassily export r.h5 --to folder -o r 2>/dev/null && cat r/tariffs.csv r/plain.csv' \
    'wassily info r.h5 | grep -E "^(name|title)|csv"' 'wassily carve ./with-files -k HOME -o c.h5' \
    'wassily export c.h5 --to folder -o c 2>/dev/null && cat c/tariffs.csv c/plain.csv' \
    'wassily assemble ./with-files ./away -t none.csv -m isard -o m.h5 --title "Both"' \
    'wassily export m.h5 --to folder -o m 2>/dev/null && cat m/tariffs.csv m/plain.csv m/columns.csv m/groups.csv' \
    'wassily info m.h5 | grep -E "^(name|title)|csv"' 'sed -i s/rate,trade/rate,output/ away/columns.csv' \
    'wassily assemble ./with-files ./away -t none.csv -m isard -o m.h5 --force --name both' \
    'wassily info m.h5 | grep -E "^(name|title)|csv"' \
    'wassily assemble ./with-files ./away -t none.csv -m isard -o m.h5 --force --columns described.csv' \
    'rm -r r c m s.h5 a.h5 r.h5 c.h5 m.h5'

golden study_wrong 'wassily run wrong.yaml' 'wassily check wrong.yaml'
golden run_small 'wassily run small.yaml' 'wassily run small.yaml' 'wassily run small.yaml --force -q' \
    'wassily run small.yaml -o no/such/folder.h5' 'wassily run small.yaml -o two-sector' \
    'wassily export small.h5 --to csv --variable output_change' 'wassily info small.h5 --screen | head -n 3' \
    'wassily export small.h5 --to csv --variable nothing' 'wassily run small.yaml > /dev/full --force' \
    '{ wassily run small.yaml --force; echo "exit $?" >&2; } | true'
golden export 'wassily export ./two-sector --to hdf5 -o packed.h5' \
    'wassily export ./two-sector --to hdf5 -o packed.h5' \
    'wassily export packed.h5 --to folder -o unpacked' \
    'cmp two-sector/flows.csv unpacked/flows.csv && cmp two-sector/primary.csv unpacked/primary.csv' \
    'wassily multipliers packed.h5 --csv'
golden opening_salvo 'wassily run opening_salvo.yaml'

# The README's first screen: what `make demo` prints, and the ten lines of C.
readme_part() { # the lines of README.md that show the demo's output
    awk '/^\$ make .*check/ {shown = 0} shown; /^\$ .*make .*demo/ {shown = 1}' README.md
}
"$B/wassily" run studies/opening_salvo.yaml -o "$work/opening_salvo.h5" --force |
    sed "s|$work/|build/|" >"$work/demo"
if [ -n "$write" ]; then
    awk -v demo="$work/demo" '
        /^\$ make .*check/ {skip = 0}
        !skip {print}
        /^\$ .*make .*demo/ {skip = 1; print "..."; while ((getline line < demo) > 0) print line}
    ' README.md >"$work/README.md" && cp "$work/README.md" README.md
fi
checks=$((checks + 1))
{ echo ...; cat "$work/demo"; } | normal >"$work/demo.wanted"
if ! readme_part | normal | diff -u - "$work/demo.wanted"; then
    echo "golden readme: README.md shows another output than 'make demo'; 'make golden' rewrites it"
    failures=$((failures + 1))
fi
case $B in
*sanitize*) ;; # a program without the sanitizer cannot load this library
*)
    awk '/^```c$/ {code = 1; next} /^```$/ {code = 0} code' README.md >"$work/readme.c"
    printf '$ a.out\n' >"$work/readme.out"
    # shellcheck disable=SC2086 # CC may be "ccache gcc"
    if ${CC:-cc} -std=c11 -Wall -Wextra -Werror -Icore "$work/readme.c" -o "$work/a.out" \
        -L"$B" -lwassily -Wl,-rpath,"$B" >>"$work/readme.out" 2>&1; then
        "$work/a.out" 2>&1 | normal >>"$work/readme.out"
    fi
    compare readme "$work/readme.out"
    ;;
esac

echo "$((100 * (checks - failures) / checks))%: Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" -eq 0 ]
