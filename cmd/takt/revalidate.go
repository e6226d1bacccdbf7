package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

// revalidated is what the command reads of a revalidation.
type revalidated struct {
	Allowed    bool
	Verdict    string
	Kind       string
	Reason     string
	Text       string `json:"reason_text"`
	Until      string
	Queue      string
	CheckedAt  string `json:"checked_at"`
	Open       *amount
	Compliance struct {
		Trace []struct{ Rule, Result, Until, Source string }
	}
}

type amount struct {
	Minor    int64 `json:"amount_minor"`
	Currency string
}

func decisionsRevalidate(e *env) *cobra.Command {
	var tenant, asOf string
	c := &cobra.Command{Use: "revalidate ID", Short: "whether a decision may still be carried out, by the rules and all that was reported since", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var body any
			if asOf != "" {
				body = map[string]string{"as_of": asOf}
			}
			return askAPI(e, cmd.Context(), tenant, http.MethodPost, "/v1/decisions/"+url.PathEscape(args[0])+"/revalidate", body, showRevalidated)
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant that decided")
	c.Flags().StringVar(&asOf, "as-of", "", "instant to ask about, RFC 3339 (default: the tenant's clock)")
	return c
}

// showRevalidated says yes or no, why, and which rules stand against it.
func showRevalidated(w io.Writer, v *revalidated) error {
	s := "allowed"
	if !v.Allowed {
		s = fmt.Sprintf("not allowed: %s (%s, %s)", v.Text, v.Kind, v.Reason)
	}
	for _, part := range [][2]string{{"until", v.Until}, {"queue", v.Queue}} {
		if part[1] != "" {
			s += "; " + part[0] + " " + part[1]
		}
	}
	if v.Open != nil {
		s += fmt.Sprintf("; open %d %s (minor units)", v.Open.Minor, v.Open.Currency)
	}
	s += "; checked at " + v.CheckedAt + "\n"
	for _, c := range v.Compliance.Trace {
		if c.Result == "pass" {
			continue
		}
		s += "  " + c.Rule + " " + c.Result
		if c.Until != "" {
			s += " until " + c.Until
		}
		if c.Source != "" {
			s += " (" + c.Source + ")"
		}
		s += "\n"
	}
	_, err := io.WriteString(w, s)
	return err
}
