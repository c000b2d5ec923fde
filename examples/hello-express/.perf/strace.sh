F=$1; P=$2
PORT=$P NODE_ENV=production node $F > /dev/null 2>&1 & PID=$!
for i in $(seq 100); do curl -s localhost:$P/plain >/dev/null && break; sleep 0.1; done
wrk -t1 -c16 -d2s http://127.0.0.1:$P/plain >/dev/null
strace -c -f -p $PID -o /tmp/strace.$F.txt & S=$!
sleep 0.5
R=$(wrk -t1 -c16 -d4s http://127.0.0.1:$P/plain | awk '/requests in/{print $1}')
kill -INT $S; wait $S 2>/dev/null
echo "$F $R requests"; head -14 /tmp/strace.$F.txt
kill -USR2 $PID; wait $PID 2>/dev/null
