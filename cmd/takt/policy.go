package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"takt/models/promotion"
)

// newPolicy shows and changes what decides. All of its commands but train go through the API, of the
// running server or of one opened here.
func newPolicy(e *env) *cobra.Command {
	return family("policy", "list, train, promote, roll back and pause policy versions",
		policyList(e), policyShow(e), newTrain(e), policyPromote(e), policyRollback(e), policySwitch(e, "pause", true), policySwitch(e, "resume", false), policyShadow(e), policyPrior(e))
}

// refused gives a problem as an error; what was found on a version that was not promoted is printed first.
func (e *env) refused(status int, reply []byte) error {
	var p struct {
		Verdict *promotion.Verdict `json:"verdict"`
	}
	if json.Unmarshal(reply, &p) == nil && p.Verdict != nil {
		if err := e.print(p.Verdict, func(w io.Writer) error { return showVerdict(w, p.Verdict) }); err != nil {
			return err
		}
	}
	return e.printReply(status, reply)
}

func policyPromote(e *env) *cobra.Command {
	var tenant, reason string
	var force bool
	c := &cobra.Command{Use: "promote VERSION", Args: cobra.ExactArgs(1), Short: "make a version live, as far as the gate lets it: whole if better, else a tenth, half, then all of the debtors",
		RunE: func(cmd *cobra.Command, args []string) error {
			if force && reason == "" {
				return usage(errors.New("--reason: say why the gate is overruled; it is kept in the log"))
			}
			body := map[string]any{"force": force}
			if reason != "" {
				body["reason"] = reason
			}
			return askAPI(e, cmd.Context(), tenant, http.MethodPost, "/v1/policies/"+url.PathEscape(args[0])+":promote", body, showPromoted)
		}}
	tenantFlag(c, &tenant)
	c.Flags().BoolVar(&force, "force", false, "overrule gate and bands; needs --reason")
	c.Flags().StringVar(&reason, "reason", "", "why, for the log")
	return c
}

func policyRollback(e *env) *cobra.Command {
	var tenant, reason string
	c := &cobra.Command{Use: "rollback [VERSION]", Args: cobra.MaximumNArgs(1), Short: "end a ramp, or go back to what was live before (or to a VERSION that once was); refreshes wait then until promote or resume",
		RunE: func(cmd *cobra.Command, args []string) error {
			body := map[string]any{}
			if len(args) > 0 {
				body["version"] = args[0]
			}
			if reason != "" {
				body["reason"] = reason
			}
			return askAPI(e, cmd.Context(), tenant, http.MethodPost, "/v1/policies:rollback", body, showPromoted)
		}}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&reason, "reason", "", "why, for the log")
	return c
}

// switched is the reply to pause and resume.
type switched struct {
	Tenant string `json:"tenant"`
	Paused bool   `json:"paused"`
}

func policySwitch(e *env, name string, pause bool) *cobra.Command {
	var tenant, reason string
	short := "let policies decide again, and refreshes go live again after a rollback"
	if pause {
		short = "let the ladder decide at once, for all of a tenant's cases, until resume"
	}
	c := &cobra.Command{Use: name, Short: short, RunE: func(cmd *cobra.Command, _ []string) error {
		body := map[string]any{}
		if reason != "" {
			body["reason"] = reason
		} else if pause {
			return usage(errors.New("--reason: say why; it is kept in the log"))
		}
		return askAPI(e, cmd.Context(), tenant, http.MethodPost, "/v1/policies:"+name, body, func(w io.Writer, s *switched) error {
			text := "policies of tenant %s decide again\n"
			if s.Paused {
				text = "policies of tenant %s are paused; the ladder decides\n"
			}
			_, err := fmt.Fprintf(w, text, s.Tenant)
			return err
		})
	}}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&reason, "reason", "", "why, for the log")
	return c
}

func tenantFlag(c *cobra.Command, tenant *string) {
	c.Flags().StringVar(tenant, "tenant", "", "tenant whose policies they are")
}
