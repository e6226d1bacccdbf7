package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"takt/api/payload"
	"takt/engine"
	"takt/features"
	"takt/features/history"
)

// turn is the working space of one decision, used again and again.
type turn struct {
	tenant *Tenant
	ledger *features.Ledger
	line   bool // of a batch: the key stands in the body
	key    string
	sum    [16]byte // of the body

	ask   payload.Ask
	in    engine.Input
	d     engine.Decision
	why   engine.Explanation
	x     []float32
	zones []*time.Location
	reply []byte
	open  engine.ID // the open decision that is answered again
	fresh bool      // but not this time: it is of another mode
}

// answered is a decision on its way to the caller; it may be told only once it is durable.
type answered struct {
	reply  []byte
	id     engine.ID
	commit features.Commit
	wait   bool // commit counts
}

// durable waits until the decision is on disk. It waits even if the caller has gone: until then its
// key stays in flight, so that no retry is told what a crash could still take back.
func (a *answered) durable(ctx context.Context) error {
	if !a.wait {
		return nil
	}
	return a.commit.Wait(context.WithoutCancel(ctx))
}

func (s *Server) decide(x *call) error {
	if _, err := x.mediaType("application/json"); err != nil {
		return err
	}
	key := x.r.Header["Idempotency-Key"]
	if len(key) != 1 || !plain(key[0], payload.MaxKey) {
		return newProblem(keyMissing, "one key names one decision; send the same key with the same body to ask again").
			at(fault{Header: "Idempotency-Key", Detail: "must be 1 to 200 visible ASCII letters"})
	}
	body, release, err := s.read(x, maxDecision)
	if err != nil {
		return err
	}
	defer release()
	w := s.turn(x)
	defer s.turns.Put(w)
	w.key, w.line = key[0], false
	k := flight{x.tenant.Config.ID, w.key}
	if !s.flights.start(k) {
		return newProblem(keyInProgress, "wait for its answer, then ask again")
	}
	defer s.flights.end(k)
	ctx := x.r.Context()
	a, err := s.answer(ctx, w, body)
	x.caseID = w.ask.Case.ID
	if err != nil {
		return err
	}
	x.decision = a.id
	if err := a.durable(ctx); err != nil {
		return err
	}
	return x.reply(http.StatusOK, a.reply)
}

func (s *Server) turn(x *call) *turn {
	w, _ := s.turns.Get().(*turn)
	if w == nil {
		w = new(turn)
	}
	w.tenant, w.ledger = x.tenant, x.ledger
	w.ask.Case.ID = ""
	return w
}

// answer finds the stored answer of w.key or decides. The reply is good until w is used again.
func (s *Server) answer(ctx context.Context, w *turn, body []byte) (answered, error) {
	sum := sha256.Sum256(body)
	w.sum = [16]byte(sum[:16])
	if a, ok, err := s.stored(ctx, w); ok || err != nil {
		return a, err
	}
	if !w.line {
		if err := s.codec.Parse(&w.ask, body, false); err != nil {
			return answered{}, err
		}
	}
	now, err := s.Clock.decide(w.tenant.Config.ID, w.ask.AsOf)
	if err != nil {
		return answered{}, err
	}
	for w.fresh = false; ; w.fresh = true {
		w.open = engine.ID{}
		commit, err := w.ledger.Turn(ctx, w.tenant.Config.ID, w.ask.Debtor.ID, func(v *features.View) (*engine.Decision, error) {
			return s.take(w, v, now)
		})
		if err != nil {
			return answered{}, err
		}
		if w.open.IsZero() {
			s.Options.Metrics.decision(&w.d)
			return answered{w.reply, w.d.ID, commit, w.d.Mode != engine.DryRun && !s.hasty}, nil
		}
		if a, ok, err := s.again(ctx, w); ok || err != nil {
			return a, err
		}
	}
}

// stored is the answer that w.key got before.
func (s *Server) stored(ctx context.Context, w *turn) (answered, bool, error) {
	known, ok := w.ledger.Answer(w.tenant.Config.ID, w.key)
	if !ok {
		return answered{}, false, nil
	}
	if known.BodyHash != w.sum {
		f := fault{Header: "Idempotency-Key", Detail: "was used with another body; take a new key"}
		if w.line {
			pointer := "/idempotency_key"
			f.Header, f.Pointer = "", &pointer
		}
		return answered{}, true, newProblem(keyReused, "").at(f)
	}
	d, err := w.ledger.Decision(ctx, w.tenant.Config.ID, known.Decision)
	if errors.Is(err, history.ErrNotFound) { // its debtor was erased
		w.ledger.Unanswer(w.tenant.Config.ID, w.key, known.Decision)
		return answered{}, false, nil
	}
	if err != nil {
		return answered{}, true, err
	}
	return answered{reply: d.Reply, id: d.ID}, true, nil
}

// again answers with the open decision and notes that the new key got it too. It reports false for
// one of another mode: what was only logged must not pass for one to carry out.
func (s *Server) again(ctx context.Context, w *turn) (answered, bool, error) {
	d, err := w.ledger.Decision(ctx, w.tenant.Config.ID, w.open)
	if err != nil || d.Mode != w.ask.Want.Mode {
		return answered{}, false, err
	}
	commit, err := w.ledger.RecordAnswer(ctx, history.Answer{Tenant: w.tenant.Config.ID, Key: w.key, BodyHash: w.sum, Decision: w.open, At: s.Now().UTC()})
	if err != nil {
		return answered{}, false, err
	}
	return answered{d.Reply, d.ID, commit, true}, true, nil
}
