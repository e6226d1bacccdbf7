package main

import "github.com/spf13/cobra"

func newEvaluate(e *env) *cobra.Command {
	c := &cobra.Command{Use: "evaluate", Short: "say from logged decisions what other policies would have earned"}
	c.AddCommand(newEvaluateLogged(e))
	return c
}
