package api_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load is a closed loop of one POST after the other on many connections.
type load struct {
	path   string
	conns  int
	status string        // expected, such as " 200 "
	body   func() filler // makes the bodies of one connection
	next   atomic.Int64
}

// filler makes the body of the nth request; it is good until the next call.
type filler func(n int) []byte

// template is a body with numbers of fixed width at fixed places, so that making one costs little.
type template struct {
	b    []byte
	from int
}

// fill writes n over the next run of marks.
func (t *template) fill(mark byte, n int) {
	i := t.from + bytes.IndexByte(t.b[t.from:], mark)
	j := i
	for j < len(t.b) && t.b[j] == mark {
		j++
	}
	for k := j - 1; k >= i; k-- {
		t.b[k] = byte('0' + n%10)
		n /= 10
	}
	t.from = j
}

// rate is what one round measured.
type rate struct {
	requests  int64
	perSecond float64
	cpu       float64 // microseconds of the server per request
	p50, p99  time.Duration
}

// round drives the server for about the time.
func (l *load) round(c *child, d time.Duration) (rate, error) {
	before, err := c.cpu()
	if err != nil {
		return rate{}, err
	}
	var mu sync.Mutex
	var all []time.Duration
	var first error
	var wg sync.WaitGroup
	start := time.Now()
	for range l.conns {
		wg.Go(func() {
			took, err := l.drive(c, start.Add(d))
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			first = errors.Join(first, err)
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	after, err := c.cpu()
	if err = errors.Join(first, err); err != nil || len(all) == 0 {
		return rate{}, fmt.Errorf("load on %s: %d requests, %w", c.kind, len(all), err)
	}
	slices.Sort(all)
	n := len(all)
	return rate{int64(n), float64(n) / elapsed.Seconds(), float64((after - before).Nanoseconds()) / 1e3 / float64(n), all[n/2], all[n*99/100]}, nil
}

// drive is one connection. It speaks just enough HTTP to cost little beside the server.
func (l *load) drive(c *child, until time.Time) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", c.Addr) // loopback alone: Addr comes from our own child
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 16<<10)
	body := l.body()
	var out []byte
	for time.Now().Before(until) {
		n := l.next.Add(1)
		body := body(int(n))
		out = append(out[:0], "POST "+l.path+" HTTP/1.1\r\nHost: takt\r\nContent-Type: application/json\r\nAuthorization: Bearer "+c.Key+"\r\nIdempotency-Key: k-"...)
		out = append(strconv.AppendInt(out, n, 10), "\r\nContent-Length: "...)
		out = append(strconv.AppendInt(out, int64(len(body)), 10), "\r\n\r\n"...)
		out = append(out, body...)
		at := time.Now()
		if _, err := conn.Write(out); err != nil {
			return took, err
		}
		if err := l.answer(r); err != nil {
			return took, err
		}
		took = append(took, time.Since(at))
	}
	return took, nil
}

// answer reads one reply of known length.
func (l *load) answer(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(line, []byte(l.status)) {
		return fmt.Errorf("status %q", line)
	}
	length, chunked := int64(0), false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(bytes.ToLower(line), []byte("content-length:")); ok {
			if length, err = strconv.ParseInt(strings.TrimSpace(string(v)), 10, 64); err != nil {
				return err
			}
		}
		chunked = chunked || bytes.HasPrefix(bytes.ToLower(line), []byte("transfer-encoding:"))
	}
	if chunked {
		return l.chunked(r)
	}
	_, err = r.Discard(int(length))
	return err
}

// chunked reads a reply in chunks, as encoding/json behind Echo sends long ones.
func (l *load) chunked(r *bufio.Reader) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if err != nil {
			return err
		}
		if _, err := r.Discard(int(n) + 2); err != nil || n == 0 {
			return err
		}
	}
}
