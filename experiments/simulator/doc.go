// Package simulator plays policies against debtors whose truth is known: who merely forgot, who is short
// of cash, which channel reaches whom, what a tone does. It measures what no log can show, and lets a
// creditor see before any real contact what Takt would do with a portfolio like theirs.
//
//	s, err := simulator.Load("base")                    // or "world-7", or a YAML file of your own
//	o := simulator.Options{Scenario: s, Policy: "ladder", Cases: 20_000, Seed: 1}
//	ladder, err := simulator.Run(ctx, o)
//	o.Policy, o.Learn = "bandit", 50_000                // learn from others, be judged on the same people
//	takt, err := simulator.Run(ctx, o)
//	fmt.Println(simulator.Gap(takt, ladder))            // net value per case, with its interval
//
// README.md says how a day goes, what the constants rest on and what a simulation cannot show.
package simulator
