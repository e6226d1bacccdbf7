package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"

	"takt/engine"
)

// Algorithm is the name and version of the model that Encode writes and Open reads.
const Algorithm = "factored-ts/3"

// Format is the version of the snapshot bytes.
const Format = 1

// magic starts every snapshot; the header line and the floats follow.
const magic = "takt snapshot 1\n"

// ErrSnapshot wraps everything that is wrong with snapshot bytes.
var ErrSnapshot = errors.New("not a usable snapshot: publish it again or go back to the version before")

// ErrAlgorithm wraps the refusal of a sound snapshot of another version of the model: train again.
var ErrAlgorithm = errors.New("the snapshot is of another version of the model: train again")

// limits keep Open from believing absurd sizes.
const (
	maxHeader   = 1 << 20
	maxFeatures = 4096
	maxParams   = 1 << 24
)

// header is the JSON line of a snapshot.
type header struct {
	engine.Header
	Prior PriorSpec `json:"prior"`
	// Learned are the deviations that learning has come to, if others.
	Learned *PriorSpec `json:"learned,omitempty"`
	Sum     string     `json:"sum"` // hex sha256 of the floats
}

// Encode gives the bytes of a snapshot: magic, one line of JSON, then little-endian float32 draws
// [Params][Lanes] and means [Params][Heads]. It sets Format, Algorithm and Draws of the header.
func Encode(h engine.Header, spec *PriorSpec, w *Weights) ([]byte, error) {
	return EncodeLearned(h, spec, spec, w)
}

// EncodeLearned is Encode for weights whose precisions were set anew, from spec to learned.
func EncodeLearned(h engine.Header, spec, learned *PriorSpec, w *Weights) ([]byte, error) {
	h.Format, h.Algorithm, h.Draws = Format, Algorithm, Lanes
	floats := make([]byte, 0, 4*(len(w.Draws)+len(w.Means)))
	for _, list := range [][]float32{w.Draws, w.Means} {
		for _, v := range list {
			if !finite(v) {
				return nil, fmt.Errorf("encode snapshot: a weight is %v", v)
			}
			floats = binary.LittleEndian.AppendUint32(floats, math.Float32bits(v))
		}
	}
	sum := sha256.Sum256(floats)
	if *learned == *spec {
		learned = nil
	}
	line, err := json.Marshal(header{h, *spec, learned, hex.EncodeToString(sum[:])})
	if err != nil {
		return nil, fmt.Errorf("encode snapshot header: %w", err)
	}
	b := append([]byte(magic), line...)
	return append(append(b, '\n'), floats...), nil
}

// Open reads a snapshot and makes its policy ready. Every error wraps [ErrSnapshot].
func Open(b []byte) (*engine.Snapshot, error) {
	h, w, grid, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w: %w", err, ErrSnapshot)
	}
	p := newBandit(w, grid)
	p.square = newSquare(p, h.Rows)
	p.groups = h.Groups
	p.cold = 1 / (1 + float64(h.Rows)/coldRows)
	return &engine.Snapshot{ID: engine.SnapshotID(b), Header: h.Header, Policy: p}, nil
}

// SpecOf is the prior that the snapshot was learned with.
func SpecOf(b []byte) (PriorSpec, error) {
	h, _, err := readHeader(b)
	if err != nil {
		return PriorSpec{}, fmt.Errorf("read prior of snapshot: %w: %w", err, ErrSnapshot)
	}
	return h.Prior, nil
}

// LearnedOf is the snapshot's prior with the precisions that learning has come to: a prior for the next log of
// the kind.
func LearnedOf(b []byte) (PriorSpec, error) {
	h, _, err := readHeader(b)
	if err != nil {
		return PriorSpec{}, fmt.Errorf("read precisions of snapshot: %w: %w", err, ErrSnapshot)
	}
	if h.Learned == nil {
		return h.Prior, nil
	}
	return *h.Learned, nil
}

// SameModel reports whether two snapshots decide alike: they differ in no more than the range of the
// log, the instant that they were learned from and what was noticed on the way.
func SameModel(a, b []byte) bool {
	var h [2]header
	for i, text := range [][]byte{a, b} {
		var err error
		if h[i], _, err = readHeader(text); err != nil {
			return false
		}
		h[i].FromSeq, h[i].ToSeq, h[i].AsOf, h[i].Rows = 0, 0, "", 0
		h[i].Drift, h[i].Forgot = nil, nil
	}
	return reflect.DeepEqual(h[0], h[1]) // with the checksum of the weights
}

func readHeader(b []byte) (h header, rest []byte, err error) {
	if !bytes.HasPrefix(b, []byte(magic)) {
		return h, nil, errors.New("the first line is not of a snapshot")
	}
	b = b[len(magic):]
	end := bytes.IndexByte(b[:min(len(b), maxHeader)], '\n')
	if end < 0 {
		return h, nil, errors.New("the header has no end")
	}
	if err := json.Unmarshal(b[:end], &h); err != nil {
		return h, nil, fmt.Errorf("read header: %w", err)
	}
	return h, b[end+1:], nil
}

func decode(b []byte) (h header, w *Weights, g *engine.Grid, err error) {
	h, floats, err := readHeader(b)
	if err != nil {
		return h, nil, nil, err
	}
	if h.Format != Format || h.Algorithm != Algorithm || h.Draws != Lanes {
		return h, nil, nil, fmt.Errorf("format %d, algorithm %q, %d draws; this program reads %d, %q, %d: %w",
			h.Format, h.Algorithm, h.Draws, Format, Algorithm, Lanes, ErrAlgorithm)
	}
	if h.Features < 0 || h.Features > maxFeatures {
		return h, nil, nil, fmt.Errorf("%d features", h.Features)
	}
	if g, err = engine.ParseGrid(h.Grid); err != nil {
		return h, nil, nil, err
	}
	if len(h.Groups) > MaxGroups {
		return h, nil, nil, fmt.Errorf("%d portfolios and segments, at most %d", len(h.Groups), MaxGroups)
	}
	l := NewLayout(g, h.Features)
	l.Groups = len(h.Groups)
	n := l.Params()
	if n > maxParams || len(floats) != 4*n*(Lanes+Heads) {
		return h, nil, nil, fmt.Errorf("%d bytes of weights, the header asks for %d", len(floats), 4*n*(Lanes+Heads))
	}
	if sum := sha256.Sum256(floats); hex.EncodeToString(sum[:]) != h.Sum {
		return h, nil, nil, errors.New("the checksum does not match: bytes were changed or lost")
	}
	w = NewWeights(l)
	if !readFloats(w.Draws, floats) || !readFloats(w.Means, floats[4*len(w.Draws):]) {
		return h, nil, nil, errors.New("a weight is not finite")
	}
	return h, w, g, nil
}

// readFloats fills dst from little-endian b; false if one of them is not finite.
func readFloats(dst []float32, b []byte) bool {
	ok := true
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		ok = ok && finite(dst[i])
	}
	return ok
}

// finite also refuses numbers that could overflow when summed up.
func finite(v float32) bool { return v > -1e12 && v < 1e12 }
