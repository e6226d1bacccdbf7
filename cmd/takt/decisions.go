package main

import "github.com/spf13/cobra"

func newDecisions(e *env) *cobra.Command {
	return family("decisions", "explain, revalidate and export decisions that were made",
		decisionsExplain(e), decisionsRevalidate(e), newExport(e))
}
