package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"takt/cmd/app"
	"takt/engine"
)

func decisionsExplain(e *env) *cobra.Command {
	var tenant, language, audience string
	c := &cobra.Command{Use: "explain ID", Short: "why a decision is worth what it is, against waiting and the next best action; or what to tell the debtor of it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if audience != "analyst" && audience != "debtor" {
				return usage(fmt.Errorf("--audience: %q is neither analyst nor debtor", audience))
			}
			path := "/v1/decisions/" + url.PathEscape(args[0]) + "/explanation?audience=" + audience
			return e.beside(cmd.Context(), tenant, func(ctx context.Context, call app.Call, _ app.Reader) error {
				status, reply, err := call(ctx, tenant, http.MethodGet, path, "", "", nil)
				if err != nil {
					return err
				}
				if e.json || status/100 != 2 {
					return e.printReply(status, reply)
				}
				return tell(cmd.OutOrStdout(), reply, language)
			})
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant that decided")
	c.Flags().StringVar(&audience, "audience", "analyst", "who is told: analyst, or debtor (a text to hand to the person concerned)")
	c.Flags().StringVar(&language, "lang", "en", "en or de")
	c.Flags().StringVar(&language, "language", "en", "as --lang")
	_ = c.Flags().MarkHidden("language") // what it was called before; the flag exists
	return c
}

// said is a text in both languages.
type said struct{ EN, DE string }

func (t said) in(language string) string {
	if engine.Primary(strings.ToLower(language)) == "de" {
		return t.DE
	}
	return t.EN
}

// explained is what the command reads of an explanation.
type explained struct {
	Text   said
	Versus *struct{ Hold, Next *against }
}

type against struct {
	Action    struct{ Text said }
	Text      said
	ByFactor  []line `json:"by_factor"`
	ByFeature []line `json:"by_feature"`
	Crossed   []line
}

type line struct{ Text said }

// tell prints an explanation for people.
func tell(w io.Writer, reply []byte, language string) error {
	var x explained
	if err := json.Unmarshal(reply, &x); err != nil {
		return fmt.Errorf("read the explanation: %w", err)
	}
	var b strings.Builder
	fmt.Fprintln(&b, x.Text.in(language))
	if x.Versus != nil {
		for _, c := range []*against{x.Versus.Hold, x.Versus.Next} {
			if c != nil {
				c.tell(&b, x.Text.in(language), language)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tell prints one comparison, headed by its sentence unless that was said already.
func (c *against) tell(b *strings.Builder, before, language string) {
	head := c.Text.in(language)
	if strings.Contains(before, head) {
		head = said{"against: ", "gegenüber: "}.in(language) + c.Action.Text.in(language)
	}
	fmt.Fprintf(b, "\n%s\n", head)
	for _, part := range []struct {
		title said
		lines []line
	}{
		{said{"by factor", "nach Faktoren"}, c.ByFactor},
		{said{"by feature", "nach Merkmalen"}, c.ByFeature},
		{said{"by both", "nach beidem"}, c.Crossed},
	} {
		if len(part.lines) == 0 { // both are worth the same
			continue
		}
		fmt.Fprintf(b, "  %s\n", part.title.in(language))
		for _, l := range part.lines {
			fmt.Fprintf(b, "    %s\n", l.Text.in(language))
		}
	}
}
