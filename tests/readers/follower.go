// Follows a published log of ours over HTTP with Go's own golang.org/x/mod/sumdb.
//
// One JSON object on standard input, one on standard output. Byte strings are base64.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type job struct {
	Address string // of the registry
	LogKey  string // verifier key of the log
	Old     int64  // size of a tree that was seen before
	OldRoot []byte
}

type result struct {
	Size    int64
	Entries []string // SHA-256 of each entry, in hexadecimal
}

// site reads tiles as the specification places them. Go checks what it reads.
type site struct{ address string }

func (s site) Height() int { return 8 }

func (s site) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := s.get(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (s site) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (s site) get(path string) ([]byte, error) {
	reply, err := http.Get(s.address + "/log/" + path)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, reply.Status)
	}
	return io.ReadAll(reply.Body)
}

func main() {
	log.SetFlags(0)
	var in job
	must(json.NewDecoder(os.Stdin).Decode(&in))
	registry := site{in.Address}

	tree := checkpoint(registry, in.LogKey)
	reader := tlog.TileHashReader(tree, registry)
	growth, err := tlog.ProveTree(tree.N, in.Old, reader)
	must(err)
	old, err := tlog.ParseHash(base64.StdEncoding.EncodeToString(in.OldRoot))
	must(err)
	must(tlog.CheckTree(growth, tree.N, tree.Hash, in.Old, old))

	out := result{Size: tree.N}
	for _, tile := range bundles(tree.N) {
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := registry.get(path)
		must(err)
		for i := 0; i < tile.W; i++ {
			end := 2 + int(binary.BigEndian.Uint16(data))
			entry := data[2:end]
			data = data[end:]
			n := tile.N<<8 + int64(i)
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
			must(err)
			if hashes[0] != tlog.RecordHash(entry) {
				log.Fatalf("another entry %d", n)
			}
			proof, err := tlog.ProveRecord(tree.N, n, reader)
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, n, hashes[0]))
			digest := sha256.Sum256(entry)
			out.Entries = append(out.Entries, hex.EncodeToString(digest[:]))
		}
		if len(data) != 0 {
			log.Fatalf("%s goes on", path)
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(out))
}

func checkpoint(registry site, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	must(err)
	data, err := registry.get("checkpoint")
	must(err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("another log: %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	hash, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: hash}
}

// bundles returns the tiles of level 0, of which each has a bundle of entries.
func bundles(size int64) (tiles []tlog.Tile) {
	for n := int64(0); n<<8 < size; n++ {
		width := size - n<<8
		if width > 256 {
			width = 256
		}
		tiles = append(tiles, tlog.Tile{H: 8, L: 0, N: n, W: int(width)})
	}
	return tiles
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
