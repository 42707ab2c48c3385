// Checks a log of ours with Go's own golang.org/x/mod/sumdb, and makes what we check.
//
// One JSON object on standard input, one on standard output. Byte strings are base64.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type job struct {
	LogKey  string            // verifier key of the log
	Witness witness           // a witness of every checkpoint
	Entries [][]byte          // all entries of the log
	Proofs  []string          // .tlog-proof files: of entry 0, of entry 1, ...
	Old     int64             // size of an older tree
	Growth  [][]byte          // proof of consistency from it
	Tiles   map[string][]byte // by their paths
	Name    string            // under which to sign
}

type witness struct {
	Name string
	Key  []byte
}

type result struct {
	Old    []string   // paths of all tiles of the older tree, of each width
	New    []string   // and of this tree
	Key    string     // verifier key of a new key
	Note   string     // checkpoint that it signed
	Proofs [][][]byte // of inclusion, of each entry
	Growth [][]byte   // proof of consistency
}

// verifier checks cosignature/v1, which Go's package does not know.
type verifier struct{ witness }

func (v verifier) Name() string { return v.witness.Name }

func (v verifier) KeyHash() uint32 {
	digest := sha256.Sum256([]byte(v.witness.Name + "\n\x04" + string(v.Key)))
	return binary.BigEndian.Uint32(digest[:4])
}

func (v verifier) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(v.Key, append([]byte(head), msg...), sig[8:])
}

func main() {
	log.SetFlags(0)
	var in job
	must(json.NewDecoder(os.Stdin).Decode(&in))

	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for n, entry := range in.Entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, reader)
		must(err)
		stored = append(stored, hashes...)
	}
	size := int64(len(in.Entries))
	root, err := tlog.TreeHash(size, reader)
	must(err)
	oldRoot, err := tlog.TreeHash(in.Old, reader)
	must(err)

	logKey, err := note.NewVerifier(in.LogKey)
	must(err)
	known := note.VerifierList(logKey, verifier{in.Witness})
	for n, proof := range in.Proofs {
		must(checkProof(proof, int64(n), in.Entries[n], known, size, root))
	}
	must(tlog.CheckTree(hashesOf(in.Growth), size, root, in.Old, oldRoot))
	for path, data := range in.Tiles {
		tile, err := tlog.ParseTilePath(strings.Replace(path, "tile/", "tile/8/", 1))
		must(err)
		expected, err := tlog.ReadTileData(tile, reader)
		must(err)
		if !bytes.Equal(data, expected) {
			log.Fatalf("another tile %s", path)
		}
	}

	out := result{Old: pathsOf(in.Old), New: pathsOf(size)}
	secret, public, err := note.GenerateKey(rand.Reader, in.Name)
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	text := fmt.Sprintf("%s\n%d\n%s\n", in.Name, size, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	must(err)
	out.Key, out.Note = public, string(signed)
	for n := int64(0); n < size; n++ {
		proof, err := tlog.ProveRecord(size, n, reader)
		must(err)
		out.Proofs = append(out.Proofs, bytesOf(proof))
	}
	growth, err := tlog.ProveTree(size, in.Old, reader)
	must(err)
	out.Growth = bytesOf(growth)
	must(json.NewEncoder(os.Stdout).Encode(out))
}

// checkProof reads a C2SP tlog-proof, opens its checkpoint and checks the entry.
func checkProof(
	proof string, n int64, entry []byte, known note.Verifiers, size int64, root tlog.Hash,
) error {
	parts := strings.SplitN(proof, "\n\n", 2)
	head := strings.Split(parts[0], "\n")
	if head[0] != "c2sp.org/tlog-proof@v1" || head[1] != fmt.Sprintf("index %d", n) {
		return fmt.Errorf("another proof: %q", head)
	}
	var hashes tlog.RecordProof
	for _, line := range head[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		hashes = append(hashes, hash)
	}
	opened, err := note.Open([]byte(parts[1]), known)
	if err != nil {
		return err
	}
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		return fmt.Errorf("%d signatures of known keys", len(opened.Sigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[1] != strconv.FormatInt(size, 10) || lines[2] != root.String() {
		return fmt.Errorf("another tree: %q", lines)
	}
	return tlog.CheckRecord(hashes, size, root, n, tlog.RecordHash(entry))
}

func pathsOf(size int64) (paths []string) {
	for _, tile := range tlog.NewTiles(8, 0, size) {
		paths = append(paths, strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
	}
	return paths
}

func hashesOf(all [][]byte) (hashes []tlog.Hash) {
	for _, each := range all {
		hash, err := tlog.ParseHash(base64.StdEncoding.EncodeToString(each))
		must(err)
		hashes = append(hashes, hash)
	}
	return hashes
}

func bytesOf(hashes []tlog.Hash) (all [][]byte) {
	for i := range hashes {
		all = append(all, hashes[i][:])
	}
	return all
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
