package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newDecisions(e *env) *cobra.Command {
	c := &cobra.Command{Use: "decisions", Short: "explain, revalidate and export decisions that were made", Args: cobra.ArbitraryArgs, RunE: func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return usage(fmt.Errorf("unknown command %q of decisions; takt decisions --help lists them", args[0]))
	}}
	c.AddCommand(decisionsExplain(e), decisionsRevalidate(e), newExport(e))
	for _, sub := range c.Commands() {
		sub.Args = usageArgs(sub.Args)
	}
	return c
}
