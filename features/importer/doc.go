// Package importer turns files into events: CloudEvents lines, case rows, and tables (CSV, Parquet)
// by a mapping in YAML. It streams in bounded memory, refuses what the HTTP door would refuse, and
// counts and reports every row it cannot read. Identities come from source and row, so a second
// import of the same file gives the same events.
//
//	m, err := importer.LoadMapping("phl-tax-letters") // a name, or the path of a YAML file
//	r, err := importer.Open("owners.csv.gz", m, nil)
//	defer r.Close()
//	for {
//		events, err := r.Next() // of one row
//		if err == io.EOF {
//			break
//		}
//		...
//	}
//	fmt.Println(r.Report().Bad, r.Report().Errors)
package importer
