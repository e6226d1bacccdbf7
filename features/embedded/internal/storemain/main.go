// Storemain is the smallest store process: what the command "takt store" does, and nothing else. Tests
// build it so that they need not build the product, and never load libchdb themselves.
package main

import (
	"context"
	"fmt"
	"os"

	"takt/features/embedded"
)

func main() {
	o, err := embedded.ParseArgs(os.Args[1:])
	if err == nil {
		err = embedded.Run(context.Background(), o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
