package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	api "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

const deadline = 10 * time.Second

type state map[string]map[string]string

// fakeKubelet takes registrations on kubelet.sock, as the real one does.
type fakeKubelet struct {
	api.UnimplementedRegistrationServer
	registrations chan *api.RegisterRequest
	server        *grpc.Server
}

func (k *fakeKubelet) Register(_ context.Context, request *api.RegisterRequest) (*api.Empty, error) {
	k.registrations <- request
	return &api.Empty{}, nil
}

func startKubelet(t *testing.T, folder string) *fakeKubelet {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(folder, "kubelet.sock"))
	if err != nil {
		t.Fatal(err)
	}
	kubelet := &fakeKubelet{registrations: make(chan *api.RegisterRequest, 10), server: grpc.NewServer()}
	api.RegisterRegistrationServer(kubelet.server, kubelet)
	go kubelet.server.Serve(listener)
	t.Cleanup(kubelet.server.Stop)
	return kubelet
}

// registered returns the sockets of the next `count` resources that register, by resource.
func (k *fakeKubelet) registered(t *testing.T, count int) map[string]string {
	t.Helper()
	endpoints := map[string]string{}
	for len(endpoints) < count {
		select {
		case request := <-k.registrations:
			if request.Version != "v1beta1" {
				t.Errorf("%s registered with version %q", request.ResourceName, request.Version)
			}
			endpoints[request.ResourceName] = request.Endpoint
		case <-time.After(deadline):
			t.Fatalf("registered: %v, want %d", endpoints, count)
		}
	}
	return endpoints
}

// logged collects what the command says.
type logged struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *logged) wait(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(deadline); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		l.mutex.Lock()
		text := l.text.String()
		l.mutex.Unlock()
		if strings.Contains(text, want) {
			return
		}
	}
	t.Fatalf("%q was never said", want)
}

type bench struct {
	folder, stateFile string
	said              *logged
}

// replace writes the state file anew, by rename.
func (b *bench) replace(t *testing.T, text string) {
	t.Helper()
	part := b.stateFile + ".part"
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(part, b.stateFile); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) set(t *testing.T, devices state) {
	t.Helper()
	text, err := json.Marshal(devices)
	if err != nil {
		t.Fatal(err)
	}
	b.replace(t, string(text))
}

func makeBench(t *testing.T, devices state) *bench {
	t.Helper()
	root, err := os.MkdirTemp("", "gpus") // t.TempDir is too long for a socket's path on some machines
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	b := &bench{folder: filepath.Join(root, "p"), stateFile: filepath.Join(root, "gpus.json"), said: &logged{}}
	if err := os.Mkdir(b.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	b.set(t, devices)
	log.SetOutput(b.said)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return b
}

func (b *bench) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, b.folder, b.stateFile) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(b.folder, "fake-*")); len(left) > 0 {
			t.Errorf("it left %v", left)
		}
	})
}

func (b *bench) connect(t *testing.T, endpoint string) api.DevicePluginClient {
	t.Helper()
	target := "unix:" + filepath.Join(b.folder, endpoint)
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return api.NewDevicePluginClient(connection)
}

// watch returns a function that waits for the next list: "GPU-0=Healthy GPU-1=Unhealthy".
func watch(t *testing.T, client api.DevicePluginClient) func() string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	stream, err := client.ListAndWatch(ctx, &api.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	return func() string {
		t.Helper()
		response, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		devices := []string{}
		for _, device := range response.Devices {
			devices = append(devices, device.ID+"="+device.Health)
		}
		return strings.Join(devices, " ")
	}
}

// until reads lists up to the wanted one: the same state may be sent twice.
func until(t *testing.T, next func() string, want string) {
	t.Helper()
	for list := next(); list != want; list = next() {
		t.Logf("skipped %q", list)
	}
}

func TestEveryResourceIsOfferedAndItsHealthFollowsTheFile(t *testing.T) {
	b := makeBench(t, state{
		"nvidia.com/gpu":         {"GPU-1": "Healthy", "GPU-0": "Healthy"},
		"nvidia.com/mig-1g.10gb": {"MIG-0": "Healthy"},
	})
	kubelet := startKubelet(t, b.folder)
	b.run(t)
	endpoints := kubelet.registered(t, 2)
	gpus := watch(t, b.connect(t, endpoints["nvidia.com/gpu"]))
	slices := watch(t, b.connect(t, endpoints["nvidia.com/mig-1g.10gb"]))
	if got, want := gpus(), "GPU-0=Healthy GPU-1=Healthy"; got != want {
		t.Errorf("first list %q, want %q", got, want)
	}
	if got, want := slices(), "MIG-0=Healthy"; got != want {
		t.Errorf("first list %q, want %q", got, want)
	}

	// A resource that is no longer in the file has no devices left, and a new one is offered.
	b.set(t, state{"nvidia.com/gpu": {"GPU-0": "Healthy", "GPU-1": "Unhealthy"}, "nvidia.com/gpu.shared": {"S-0": "Healthy"}})
	until(t, gpus, "GPU-0=Healthy GPU-1=Unhealthy")
	until(t, slices, "")
	shared := watch(t, b.connect(t, kubelet.registered(t, 1)["nvidia.com/gpu.shared"]))
	until(t, shared, "S-0=Healthy")
}

func TestWhatCannotBeUnderstoodChangesNothing(t *testing.T) {
	for _, test := range []struct{ name, text, wantSaid string }{
		{"half a file", `{"nvidia.com/gpu": {"GPU-0": "Hea`, "unexpected end of JSON input"},
		{"another shape", `{"nvidia.com/gpu": ["GPU-0"]}`, "cannot unmarshal array"},
		{"another word", `{"nvidia.com/gpu": {"GPU-0": "ill"}}`, `GPU-0 is "ill": want Healthy or Unhealthy`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := makeBench(t, state{"nvidia.com/gpu": {"GPU-0": "Healthy"}})
			kubelet := startKubelet(t, b.folder)
			b.run(t)
			client := b.connect(t, kubelet.registered(t, 1)["nvidia.com/gpu"])
			next := watch(t, client)
			until(t, next, "GPU-0=Healthy")
			b.replace(t, test.text)
			b.said.wait(t, test.wantSaid)
			if got, want := watch(t, client)(), "GPU-0=Healthy"; got != want {
				t.Errorf("offered %q, want still %q", got, want)
			}
			b.set(t, state{"nvidia.com/gpu": {"GPU-0": "Unhealthy"}})
			until(t, next, "GPU-0=Unhealthy")
		})
	}
}

func TestItDoesNotStartWithoutAStateToOffer(t *testing.T) {
	b := makeBench(t, state{})
	b.replace(t, "{")
	if err := run(t.Context(), b.folder, b.stateFile); err == nil || !strings.Contains(err.Error(), "gpus.json") {
		t.Errorf("it said %v, want an error that names the file", err)
	}
}

func TestAContainerLearnsItsDevicesAndNothingElse(t *testing.T) {
	b := makeBench(t, state{"nvidia.com/gpu": {"GPU-0": "Healthy", "GPU-1": "Healthy", "GPU-2": "Healthy"}})
	kubelet := startKubelet(t, b.folder)
	b.run(t)
	client := b.connect(t, kubelet.registered(t, 1)["nvidia.com/gpu"])
	response, err := client.Allocate(t.Context(), &api.AllocateRequest{ContainerRequests: []*api.ContainerAllocateRequest{
		{DevicesIds: []string{"GPU-2", "GPU-0"}}, {DevicesIds: []string{"GPU-1"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range []string{"GPU-0,GPU-2", "GPU-1"} {
		got := response.ContainerResponses[index]
		if len(got.Envs) != 2 || got.Envs["NVIDIA_VISIBLE_DEVICES"] != want || got.Envs["CUDA_VISIBLE_DEVICES"] != want {
			t.Errorf("environment %v, want %q twice", got.Envs, want)
		}
		if len(got.Mounts)+len(got.Devices)+len(got.Annotations)+len(got.CdiDevices) > 0 {
			t.Errorf("container %d was given more than its environment: %v", index, got)
		}
	}
}

func TestAKubeletThatStartsIsOfferedEverythingAgain(t *testing.T) {
	b := makeBench(t, state{"nvidia.com/gpu": {"GPU-0": "Healthy"}})
	b.run(t) // before there is a kubelet
	for range 3 {
		kubelet := startKubelet(t, b.folder)
		next := watch(t, b.connect(t, kubelet.registered(t, 1)["nvidia.com/gpu"]))
		until(t, next, "GPU-0=Healthy")
		// As the real one does when it starts again: it removes all sockets.
		kubelet.server.Stop()
		left, err := filepath.Glob(filepath.Join(b.folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range left {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}
