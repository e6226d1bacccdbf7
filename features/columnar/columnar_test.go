package columnar

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/mod/semver"
)

// matrix has more rows than one batch holds, and awkward numbers.
func matrix(rows int) *Matrix {
	r := rand.New(rand.NewPCG(1, 1))
	m := &Matrix{Names: []string{"amount", "überfällig", "x"}, Columns: make([][]float64, 3)}
	odd := []float64{math.NaN(), math.Inf(1), math.Copysign(0, -1), math.SmallestNonzeroFloat64, math.MaxFloat64}
	for i := range m.Columns {
		for range rows {
			m.Columns[i] = append(m.Columns[i], r.NormFloat64())
		}
		copy(m.Columns[i], odd)
	}
	return m
}

// same compares bit for bit.
func same(t *testing.T, got, want *Matrix) {
	t.Helper()
	if strings.Join(got.Names, " ") != strings.Join(want.Names, " ") || got.Rows() != want.Rows() {
		t.Fatalf("names %v of %d rows, want %v of %d", got.Names, got.Rows(), want.Names, want.Rows())
	}
	for i := range want.Columns {
		for j := range want.Columns[i] {
			if math.Float64bits(got.Columns[i][j]) != math.Float64bits(want.Columns[i][j]) {
				t.Fatalf("column %d, row %d: %v, want %v", i, j, got.Columns[i][j], want.Columns[i][j])
			}
		}
	}
}

func TestArrowRoundTrip(t *testing.T) {
	for _, rows := range []int{5, batchRows, batchRows*2 + 7} {
		f, err := os.Create(t.TempDir() + "/m.arrow")
		if err != nil {
			t.Fatal(err)
		}
		want := matrix(rows)
		if err := want.WriteArrow(f); err != nil {
			t.Fatal(err)
		}
		got, err := ReadArrow(f)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
		f.Close()
	}
}

func TestParquetRoundTrip(t *testing.T) {
	for _, rows := range []int{5, batchRows, batchRows*2 + 7} {
		var b bytes.Buffer
		want := matrix(rows)
		if err := want.WriteParquet(&b); err != nil {
			t.Fatal(err)
		}
		got, err := ReadParquet(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want)
	}
}

func TestRaggedColumnsAreRefused(t *testing.T) {
	for _, m := range []*Matrix{{Names: []string{"a"}}, {Names: []string{"a", "b"}, Columns: [][]float64{{1}, {1, 2}}}} {
		if m.WriteParquet(&bytes.Buffer{}) == nil {
			t.Errorf("%v was written", m)
		}
	}
	if _, err := ReadParquet(bytes.NewReader([]byte("no parquet"))); err == nil {
		t.Error("nonsense was read as Parquet")
	}
	if _, err := ReadArrow(bytes.NewReader([]byte("no arrow at all"))); err == nil {
		t.Error("nonsense was read as Arrow")
	}
}

// Arrow v15 itself asks for versions with known holes: thrift 0.17 (CVE-2026-41603, -41605, -43869,
// -43870) and protobuf 1.31 (CVE-2024-24786). The round trips above run on the versions checked here.
func TestForcedVersions(t *testing.T) {
	for module, least := range map[string]string{
		"github.com/apache/thrift":       "v0.25.0",
		"google.golang.org/protobuf":     "v1.33.0",
		"google.golang.org/grpc":         "v1.85.0",
		"github.com/apache/arrow/go/v15": "v15.0.2",
	} {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", module).Output()
		if err != nil {
			t.Fatalf("ask for the version of %s: %v", module, err)
		}
		if version := strings.TrimSpace(string(out)); semver.Compare(version, least) < 0 {
			t.Errorf("%s is %s, want at least %s", module, version, least)
		}
	}
}

// The server must not carry the RPC stack that the higher Parquet package drags in.
func TestNoRPCStack(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "takt/features/columnar").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range strings.Fields(string(out)) {
		if strings.HasPrefix(p, "google.golang.org/grpc") || strings.Contains(p, "parquet/pqarrow") {
			t.Errorf("the package depends on %s", p)
		}
	}
}

func BenchmarkParquet(b *testing.B) {
	m := matrix(100_000)
	b.SetBytes(int64(len(m.Columns) * m.Rows() * 8))
	for b.Loop() {
		if err := m.WriteParquet(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}
