// SPDX-License-Identifier: AGPL-3.0-or-later

package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Product is a running Depositaire with a data folder of its own.
type Product struct {
	URL    string // "http://localhost:PORT": passkeys want a name, not figures
	Data   string // the data folder
	Listen string // "127.0.0.1:PORT"

	t        testing.TB
	binary   string
	args     []string
	process  *exec.Cmd
	ended    chan struct{} // closed when the process is over
	stdout   *journal
	stderr   *journal
	canaries []string
}

// journal keeps what a process says; it writes while the test reads.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// built makes the product's binary once for all tests of a run.
var built = sync.OnceValues(func() (string, error) {
	return build(filepath.Join(here(), "..", ".."), "./cmd/depositaire", filepath.Join(here(), "depositaire.bin"))
})

func build(dir, what, file string) (string, error) {
	make := exec.Command("go", "build", "-o", file, what)
	make.Dir = dir
	make.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := make.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", what, err, out)
	}
	return file, nil
}

// StartProduct builds Depositaire once and runs one of its commands that serve
// ("serve", "demo") with a fresh data folder on a free port, until the test
// ends. Flags -data and -listen are added.
func StartProduct(t testing.TB, command string, args ...string) *Product {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return startBinary(t, binary, command, args...)
}

func startBinary(t testing.TB, binary, command string, args ...string) *Product {
	t.Helper()
	port, err := freePort()
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	p := &Product{
		t: t, binary: binary, Data: t.TempDir(), stdout: &journal{}, stderr: &journal{},
		URL: fmt.Sprintf("http://localhost:%d", port), Listen: fmt.Sprintf("127.0.0.1:%d", port),
	}
	p.args = append([]string{command, "-data", p.Data, "-listen", p.Listen}, args...)
	t.Cleanup(func() {
		p.Stop()
		for _, leak := range p.Leaks() {
			t.Errorf("the log tells a secret: %s", leak)
		}
		if t.Failed() {
			t.Logf("the product said:\n%s", p.Log())
		}
	})
	p.Start()
	return p
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Start runs the product again after Stop, on the same folder and port.
func (p *Product) Start() {
	p.t.Helper()
	p.process = exec.Command(p.binary, p.args...)
	p.process.Stdout, p.process.Stderr = p.stdout, p.stderr
	// The product must not outlive a test that was killed.
	p.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.process.Start(); err != nil {
		p.t.Fatalf("start the product: %v", err)
	}
	p.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait() // how it ended is in its log and its state
		close(ended)
	}(p.process, p.ended)
	if err := p.answer(); err != nil {
		p.t.Fatalf("%s: %v\n%s", strings.Join(p.args, " "), err, p.Log())
	}
}

// startLimit is how long the product may take to answer; a demo is made first.
const startLimit = 2 * time.Minute

func (p *Product) answer() error {
	client := &http.Client{Timeout: 5 * time.Second}
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.ended:
			return fmt.Errorf("it ended by itself: %s", p.process.ProcessState)
		default:
		}
		resp, err := client.Get("http://" + p.Listen + "/")
		if err == nil {
			return resp.Body.Close()
		}
	}
	return errors.New("it does not answer")
}

// Stop ends the product as a service manager does, and by force after ten
// seconds. Stopping twice is nothing.
func (p *Product) Stop() {
	p.t.Helper()
	if p.process == nil || p.process.Process == nil {
		return
	}
	_ = p.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(10 * time.Second):
		p.t.Errorf("the product did not stop in ten seconds")
		p.Kill()
	}
}

// Kill ends the product as a power cut does.
func (p *Product) Kill() {
	_ = p.process.Process.Kill()
	<-p.ended
}

// Log is everything the product said so far.
func (p *Product) Log() string {
	return "stdout:\n" + p.stdout.String() + "stderr:\n" + p.stderr.String()
}

var startLink = regexp.MustCompile(`http://\S+/start/[^\s"'<>.,]+`)

// StartLink is the link that an empty folder prints, on the host of URL.
func (p *Product) StartLink() string {
	p.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if link := startLink.FindString(p.stdout.String()); link != "" {
			return p.URL + link[strings.Index(link, "/start/"):]
		}
	}
	p.t.Fatalf("no start link\n%s", p.Log())
	return ""
}

// JSON decodes the first JSON object that the product printed ("demo -json").
func (p *Product) JSON(into any) {
	p.t.Helper()
	var err error
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		_, object, found := strings.Cut(p.stdout.String(), "{")
		if !found {
			err = errors.New("no object")
			continue
		}
		if err = json.NewDecoder(strings.NewReader("{" + object)).Decode(into); err == nil {
			return
		}
	}
	p.t.Fatalf("read the printed JSON: %v\n%s", err, p.Log())
}

// Forbid names secrets that the product's log must not tell, in clear, in
// hexadecimal or in base64. They are looked for when the test ends.
func (p *Product) Forbid(canaries ...string) { p.canaries = append(p.canaries, canaries...) }

// Leaks says which forbidden secrets the log tells, and how.
func (p *Product) Leaks() []string {
	var found []string
	for _, c := range p.canaries {
		for form, s := range disguises(c) {
			if strings.Contains(p.Log(), s) {
				found = append(found, fmt.Sprintf("%q %s", c, form))
			}
		}
	}
	return found
}

// OnDisk says which files of the data folder contain a secret, in clear, in
// hexadecimal or in base64. It looks at every file and fails when there is none.
func (p *Product) OnDisk(canary string) []string {
	p.t.Helper()
	var found []string
	files := 0
	err := filepath.WalkDir(p.Data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for form, s := range disguises(canary) {
			if bytes.Contains(data, []byte(s)) {
				found = append(found, fmt.Sprintf("%s %s", path, form))
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		p.t.Fatalf("search the data folder: %d files, %v", files, err)
	}
	return found
}

// disguises are the forms in which a careless program writes a secret. In
// base64 a secret looks three ways, by where it stands in what is encoded; the
// characters at its edges belong to its neighbours.
func disguises(secret string) map[string]string {
	forms := map[string]string{"in clear": secret, "in hexadecimal": hex.EncodeToString([]byte(secret))}
	for before := range 3 {
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), secret...))
		first, last := (before*8+5)/6, (before+len(secret))*8/6
		forms[fmt.Sprintf("in base64, shifted by %d", before)] = text[first:last]
	}
	return forms
}
