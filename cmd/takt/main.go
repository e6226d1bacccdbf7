// Command takt decides for every overdue case whether to contact the debtor now, and if so by which
// channel, in which tone, in which time slot and with which offer. It never sends anything.
//
//	takt serve                                      # API on 127.0.0.1:8080, embedded ClickHouse
//	takt keys create --tenant acme --role decide    # prints an API key once
//	takt doctor                                     # what is missing, and the way out
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones are the same where the machine has none

	"github.com/spf13/cobra"

	"takt/cmd/config"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newRoot().ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "takt:", err)
	var u usageError
	if errors.As(err, &u) {
		os.Exit(exitUsage)
	}
	os.Exit(exitFailed)
}

// usageError is a mistake in the command line or the configuration: exit code 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// env is what every command shares: the flags and, once read, the configuration.
type env struct {
	file string
	json bool
	cmd  *cobra.Command
}

func newRoot() *cobra.Command {
	e := &env{}
	root := &cobra.Command{
		Use: "takt", Short: "the decision engine for overdue cases", SilenceUsage: true, SilenceErrors: true,
		Long:              "Takt decides for every overdue case whether to contact the debtor now, by which channel,\nin which tone, when and with which offer. It decides; it never sends.",
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { e.cmd = cmd; return nil },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	f := root.PersistentFlags()
	f.StringVar(&e.file, "config", "", "configuration file (default ./takt.yaml if there is one)")
	f.BoolVar(&e.json, "json", false, "print the result as JSON")
	f.String("data", "", "data directory (default ./takt-data)")
	f.String("store", "", "embedded://, http(s)://host:8123, clickhouse://host:9000 or memory://")
	f.String("clock", "", "system, or replay: driven by as_of and event time")
	f.String("log-level", "", "debug, info, warn or error")
	f.String("log-format", "", "text or json")
	root.AddCommand(newServe(e), newStore(e), newDemo(e), newSimulate(e), newImport(e), newDecide(e), newDecisions(e), newCases(e), newProfile(e), newTrain(e), newPolicy(e), newDebtors(e), newAudit(e), newHoldout(e), newRules(e), newEvaluate(e), newMigrate(e),
		newKeys(e), newBackup(e), newRestore(e), newDoctor(e), newVersion(e))
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
	}
	// An unknown command would otherwise be shown four lines and exit code 1.
	root.DisableSuggestions = true
	root.Args = usageArgs(cobra.ArbitraryArgs)
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return usage(fmt.Errorf("unknown command %q; takt --help lists them", args[0]))
	}
	return root
}

// usageArgs turns wrong arguments into usage errors.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	if check == nil {
		check = cobra.NoArgs
	}
	return func(cmd *cobra.Command, args []string) error { return usage(check(cmd, args)) }
}

// config reads the configuration; a mistake in it is a usage error.
func (e *env) config() (*config.Config, error) {
	c, err := config.Load(e.file, e.cmd.Flags())
	return c, usage(err)
}
