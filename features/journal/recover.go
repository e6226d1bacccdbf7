package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extent is one segment as readers see it: records first..last up to end.
type extent struct {
	path        string
	first, last uint64 // last = first-1 when empty
	prev        uint64
	end         int64 // bytes
}

func (e extent) empty() bool { return e.last < e.first }

// tail is what a crash left behind the last sound record.
type tail struct {
	path   string
	offset int64
	bytes  int64  // up to the last byte that is not zero
	reason string // "" if there is none
}

// image is a journal directory as found on disk.
type image struct {
	id       [16]byte
	pos      position
	badSlots int // damaged copies of the position, 0 or 1
	segs     []extent
	torn     tail
	last     uint64 // last durable record, shipped or not
	records  int64  // not yet shipped
	bytes    int64  // of these, with headers
}

// loadImage reads and checks a whole directory and changes nothing.
func loadImage(dir string) (*image, error) {
	names, err := segmentNames(dir)
	if err != nil {
		return nil, err
	}
	im := &image{}
	path := filepath.Join(dir, positionName)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) && len(names) > 0 {
		return nil, &CorruptError{Path: path, Reason: "segments without a shipped position"}
	}
	if err != nil {
		return nil, fmt.Errorf("open journal position: %w", err)
	}
	defer f.Close()
	if im.id, im.pos, im.badSlots, err = readPosition(f, path); err != nil {
		return nil, err
	}
	for i, name := range names {
		if err := im.addSegment(filepath.Join(dir, name), i == len(names)-1); err != nil {
			return nil, err
		}
	}
	return im, im.checkEnd(dir)
}

// segmentNames lists the segments of dir, oldest first.
func segmentNames(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read journal directory: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentExt) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names) // numbers have 20 digits
	return names, nil
}

// addSegment checks one segment and its link to the one before.
func (im *image) addSegment(path string, final bool) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open journal segment: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open journal segment: %w", err)
	}
	found, err := checkSegment(f, st.Size(), im.id, im.pos.shipped, final)
	if err != nil {
		var c *CorruptError
		if errors.As(err, &c) {
			c.Path = path
		}
		return err
	}
	e := found.extent
	e.path = path
	if filepath.Base(path) != filepath.Base(segmentPath("", e.first)) {
		return &CorruptError{Path: path, Seq: e.first, Reason: fmt.Sprintf("the file holds segment %d", e.first)}
	}
	if before := im.lastRecord(); e.prev != before && (len(im.segs) > 0 || e.prev > im.pos.shipped) {
		return &CorruptError{Path: path, Seq: before + 1,
			Reason: fmt.Sprintf("the segment follows record %d, but the records before it end at %d", e.prev, before)}
	}
	if found.torn.reason != "" {
		im.torn = found.torn
		im.torn.path = path
	}
	im.segs = append(im.segs, e)
	im.records += found.records
	im.bytes += found.bytes
	return nil
}

// lastRecord is the last record of the segments seen so far. A segment without
// records only repeats the number before it.
func (im *image) lastRecord() uint64 {
	for _, e := range slices.Backward(im.segs) {
		if !e.empty() {
			return e.last
		}
		if e.prev > 0 {
			return e.prev
		}
	}
	return im.pos.shipped
}

// checkEnd compares what was found with what had been durable.
func (im *image) checkEnd(dir string) error {
	im.last = im.lastRecord()
	floor := max(im.pos.synced, im.pos.shipped, im.pos.planned)
	if im.last >= floor {
		return nil
	}
	c := &CorruptError{Path: dir, Seq: im.last + 1, Reason: fmt.Sprintf("records up to %d were durable", floor)}
	if n := len(im.segs); n > 0 {
		c.Path, c.Offset = im.segs[n-1].path, im.segs[n-1].end
	}
	if im.torn.reason != "" {
		c.Reason += ", then: " + im.torn.reason
	}
	return c
}
