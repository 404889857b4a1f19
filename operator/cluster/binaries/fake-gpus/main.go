// Command fake-gpus offers devices that do not exist to the kubelet of the test cluster.
//
//	fake-gpus --plugins-folder /var/lib/kubelet/device-plugins --state FILE
//
// FILE says which devices there are, and is read again whenever it changes:
//
//	{"nvidia.com/gpu": {"GPU-00000000": "Healthy", "GPU-00000001": "Unhealthy"}, "nvidia.com/mig-1g.10gb": {"MIG-00000000": "Healthy"}}
//
// A test replaces it (by rename, so that nobody reads half of it) to break a device or to mend it. What cannot be understood
// is said on stderr, and the last state that could be holds; only at the start there is none, and the command ends.
//
// Every resource is a device plugin of its own, as NVIDIA's are. A container is given what NVIDIA's plugin would tell it,
// NVIDIA_VISIBLE_DEVICES, and CUDA_VISIBLE_DEVICES, which the container toolkit would make of that; no device file and no mount.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	api "k8s.io/kubelet/pkg/apis/deviceplugin/v1beta1"
)

// How long the kubelet may take to answer: its socket can be seen a moment before anyone listens on it.
const registerTimeout = 5 * time.Second

func main() {
	folder := flag.String("plugins-folder", filepath.Clean(api.DevicePluginPath), "where the kubelet keeps its sockets")
	stateFile := flag.String("state", "", "the file that says which devices there are")
	flag.Parse()
	log.SetFlags(log.Ltime | log.Lmicroseconds)
	if *stateFile == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *folder, *stateFile); err != nil {
		log.Fatal(err)
	}
}

// run offers the devices until ctx ends.
func run(ctx context.Context, folder, stateFile string) error {
	folder, stateFile = filepath.Clean(folder), filepath.Clean(stateFile)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	defer watcher.Close()
	// Folders, not files: both files are made anew, and a watch on a file ends with it.
	for _, watched := range []string{folder, filepath.Dir(stateFile)} {
		if err := watcher.Add(watched); err != nil {
			return fmt.Errorf("watch %s: %w", watched, err)
		}
	}
	state, err := readState(stateFile)
	if err != nil {
		return err
	}
	offer := offer{folder: folder, kubelet: filepath.Join(folder, "kubelet.sock"), plugins: map[string]*plugin{}}
	defer offer.stop()
	offer.set(ctx, state)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-watcher.Errors:
			log.Print(err)
		case event := <-watcher.Events:
			switch {
			case event.Name == offer.kubelet && event.Has(fsnotify.Create):
				// It has removed every socket in the folder, and knows no plugin.
				offer.stop()
				offer.start(ctx)
			case event.Name == stateFile && event.Has(fsnotify.Create|fsnotify.Write):
				if state, err := readState(stateFile); err != nil {
					log.Printf("%v; what was offered before still is", err)
				} else {
					offer.set(ctx, state)
				}
			}
		}
	}
}

// readState returns, for every resource, the health of its devices by their ids.
func readState(file string) (state map[string]map[string]string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, devices := range state {
		for id, health := range devices {
			if health != api.Healthy && health != api.Unhealthy {
				return nil, fmt.Errorf("%s: %s is %q: want %s or %s", file, id, health, api.Healthy, api.Unhealthy)
			}
		}
	}
	return state, nil
}

// offer is all that the kubelet is offered: a plugin for every resource that was ever in the file.
type offer struct {
	folder, kubelet string
	plugins         map[string]*plugin
}

// set makes the file's state the plugins'. A resource that is no longer in it has no devices left; the kubelet knows no other end.
func (o *offer) set(ctx context.Context, state map[string]map[string]string) {
	for resource := range state {
		if o.plugins[resource] == nil {
			o.plugins[resource] = &plugin{resource: resource, changed: make(chan struct{})}
		}
	}
	for resource, plugin := range o.plugins {
		plugin.set(state[resource])
	}
	o.start(ctx)
}

// start offers what is not offered yet, if there is a kubelet to offer it to.
func (o *offer) start(ctx context.Context) {
	if _, err := os.Stat(o.kubelet); err != nil {
		return
	}
	for _, plugin := range o.plugins {
		if plugin.server != nil {
			continue
		}
		if err := plugin.start(ctx, o.folder, o.kubelet); err != nil {
			log.Printf("%s is not offered: %v", plugin.resource, err)
			plugin.stop()
		}
	}
}

func (o *offer) stop() {
	for _, plugin := range o.plugins {
		plugin.stop()
	}
}

// plugin is the device plugin of one resource.
type plugin struct {
	api.UnimplementedDevicePluginServer
	resource string
	server   *grpc.Server

	mutex   sync.Mutex
	devices []*api.Device
	changed chan struct{} // closed, and replaced, when devices is
}

func (p *plugin) set(health map[string]string) {
	devices := []*api.Device{}
	for _, id := range slices.Sorted(maps.Keys(health)) {
		devices = append(devices, &api.Device{ID: id, Health: health[id]})
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.devices = devices
	close(p.changed)
	p.changed = make(chan struct{})
}

// start serves on a new socket in the folder and tells the kubelet which.
func (p *plugin) start(ctx context.Context, folder, kubelet string) error {
	endpoint := "fake-" + strings.ReplaceAll(p.resource, "/", "_") + ".sock"
	_ = os.Remove(filepath.Join(folder, endpoint)) // one that was killed leaves its socket behind
	listener, err := net.Listen("unix", filepath.Join(folder, endpoint))
	if err != nil {
		return err
	}
	p.server = grpc.NewServer()
	api.RegisterDevicePluginServer(p.server, p)
	go p.server.Serve(listener)
	connection, err := grpc.NewClient("unix:"+kubelet, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(ctx, registerTimeout)
	defer cancel()
	request := &api.RegisterRequest{Version: api.Version, Endpoint: endpoint, ResourceName: p.resource}
	_, err = api.NewRegistrationClient(connection).Register(ctx, request, grpc.WaitForReady(true))
	return err
}

// stop ends what the kubelet reads and removes the socket.
func (p *plugin) stop() {
	if p.server != nil {
		p.server.Stop()
		p.server = nil
	}
}

func (p *plugin) GetDevicePluginOptions(context.Context, *api.Empty) (*api.DevicePluginOptions, error) {
	return &api.DevicePluginOptions{}, nil
}

// ListAndWatch sends all devices, and all of them again whenever one has changed.
func (p *plugin) ListAndWatch(_ *api.Empty, stream api.DevicePlugin_ListAndWatchServer) error {
	for {
		p.mutex.Lock()
		devices, changed := p.devices, p.changed
		p.mutex.Unlock()
		if err := stream.Send(&api.ListAndWatchResponse{Devices: devices}); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return nil
		}
	}
}

// Allocate names the devices that each container was given.
func (p *plugin) Allocate(_ context.Context, request *api.AllocateRequest) (*api.AllocateResponse, error) {
	response := &api.AllocateResponse{}
	for _, container := range request.ContainerRequests {
		ids := strings.Join(slices.Sorted(slices.Values(container.DevicesIds)), ",")
		response.ContainerResponses = append(response.ContainerResponses, &api.ContainerAllocateResponse{
			Envs: map[string]string{"NVIDIA_VISIBLE_DEVICES": ids, "CUDA_VISIBLE_DEVICES": ids},
		})
	}
	return response, nil
}
