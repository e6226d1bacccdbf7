package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// newCases shows what somebody who answers the phone looks for.
func newCases(e *env) *cobra.Command {
	return family("cases", "show the history of a case",
		casesTimeline(e))
}

func casesTimeline(e *env) *cobra.Command {
	var tenant string
	c := &cobra.Command{Use: "timeline ID", Short: "every fact and decision of a case in order, with reasons and what became of them", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return askAPI(e, cmd.Context(), tenant, http.MethodGet, "/v1/cases/"+url.PathEscape(args[0])+"/timeline", nil, showTimeline)
		}}
	c.Flags().StringVar(&tenant, "tenant", "", "tenant of the case")
	return c
}

// timelineItem is what the command reads of an event or a decision.
type timelineItem struct {
	At    string
	Event *struct {
		Type, ID string
		Data     map[string]any
	}
	Retracted string `json:"retracted_by"`
	Decision  *struct {
		ID     string `json:"decision_id"`
		Kind   string
		Text   string `json:"reason_text"`
		Until  string
		Queue  string
		Action *struct {
			Channel, Tone string
			Offer         struct{ Type string }
			Window        struct {
				From string `json:"not_before"`
			} `json:"send_window"`
		}
	}
	State struct {
		State, At, Reason, Action string
		Next                      string `json:"decision_id"`
	}
	Label struct {
		State    string
		Resolved bool
	}
}

func showTimeline(w io.Writer, v *struct{ Items []timelineItem }) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "at\twhat\tdetails\tstate")
	for i := range v.Items {
		x := &v.Items[i]
		if x.Decision != nil {
			what, details := x.decided()
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.At, what, details, x.state())
			continue
		}
		state := ""
		if x.Retracted != "" {
			state = "retracted by " + x.Retracted
		}
		name := strings.TrimSuffix(strings.TrimPrefix(x.Event.Type, "de.takt."), ".v1")
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.At, strings.ReplaceAll(name, ".", "_"), details(x.Event.Data), state)
	}
	return t.Flush()
}

// details are an event's data in a fixed order, without the case that is asked for.
func details(data map[string]any) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if name != "case_id" {
			parts = append(parts, name+": "+plainly(data[name]))
		}
	}
	return strings.Join(parts, ", ")
}

// plainly is a JSON value without quotes.
func plainly(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any:
		return "{" + details(v) + "}"
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, plainly(e))
		}
		return strings.Join(parts, "+")
	}
	return fmt.Sprint(v)
}

// decided says a decision in a line.
func (x *timelineItem) decided() (what, details string) {
	d := x.Decision
	if a := d.Action; a != nil {
		return "decided: " + d.Kind, fmt.Sprintf("%s, %s, %s, from %s (%s)", a.Channel, a.Tone, a.Offer.Type, a.Window.From, d.ID)
	}
	for _, part := range [][2]string{{"until", d.Until}, {"queue", d.Queue}} {
		if part[1] != "" {
			details += part[0] + " " + part[1] + "; "
		}
	}
	return "decided: " + d.Kind, fmt.Sprintf("%s %s(%s)", d.Text, details, d.ID)
}

// state says what became of a decision.
func (x *timelineItem) state() string {
	s := x.State.State
	for _, part := range []string{x.State.At, x.State.Reason, x.State.Action, x.State.Next} {
		if part != "" {
			s += " " + part
		}
	}
	if x.Label.State != "open" {
		s += "; label " + x.Label.State
		if x.Label.Resolved {
			s += ", resolved"
		}
	}
	return s
}
