// Reads Kubernetes objects (YAML) and writes the configuration that the Prometheus operator makes of them: its own code
// makes it, so that a test sees which series get which labels. One Prometheus, with every monitor that it selects.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

type objects struct {
	prometheus      *monitoringv1.Prometheus
	serviceMonitors map[string]*monitoringv1.ServiceMonitor
	podMonitors     map[string]*monitoringv1.PodMonitor
	secrets         []any
}

func main() {
	config, err := generate(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(config)
}

func generate(input io.Reader) ([]byte, error) {
	found, err := read(input)
	if err != nil {
		return nil, err
	}
	if found.prometheus == nil {
		return nil, errors.New("there is no Prometheus among the objects")
	}
	if err := found.selectMonitors(); err != nil {
		return nil, err
	}
	store := assets.NewTestStoreBuilder(found.secrets...)
	for _, monitor := range found.serviceMonitors {
		for _, endpoint := range monitor.Spec.Endpoints {
			if err := store.AddSafeAuthorizationCredentials(context.Background(), monitor.Namespace, endpoint.Authorization); err != nil {
				return nil, err
			}
		}
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	generator, err := prometheus.NewConfigGenerator(logger, found.prometheus, prometheus.WithEndpointSliceSupport())
	if err != nil {
		return nil, err
	}
	return generator.GenerateServerConfiguration(
		found.prometheus, found.serviceMonitors, found.podMonitors, nil, nil, store, nil, nil, nil, nil)
}

// An unknown field is an error: the API server would drop it without a word.
func read(input io.Reader) (*objects, error) {
	found := &objects{
		serviceMonitors: map[string]*monitoringv1.ServiceMonitor{},
		podMonitors:     map[string]*monitoringv1.PodMonitor{},
	}
	documents := yaml.NewYAMLOrJSONDecoder(input, 4096)
	for {
		var document runtime.RawExtension
		if err := documents.Decode(&document); err == io.EOF {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		if err := found.add(document.Raw); err != nil {
			return nil, err
		}
	}
}

func (found *objects) add(document []byte) error {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	switch kind.Kind {
	case "Prometheus":
		found.prometheus = &monitoringv1.Prometheus{}
		return yaml.UnmarshalStrict(document, found.prometheus)
	case "ServiceMonitor":
		monitor := &monitoringv1.ServiceMonitor{}
		if err := yaml.UnmarshalStrict(document, monitor); err != nil {
			return err
		}
		found.serviceMonitors[monitor.Namespace+"/"+monitor.Name] = monitor
	case "PodMonitor":
		monitor := &monitoringv1.PodMonitor{}
		if err := yaml.UnmarshalStrict(document, monitor); err != nil {
			return err
		}
		found.podMonitors[monitor.Namespace+"/"+monitor.Name] = monitor
	case "Secret":
		secret := &corev1.Secret{}
		if err := yaml.Unmarshal(document, secret); err != nil {
			return err
		}
		secret.Data = map[string][]byte{}
		for key, value := range secret.StringData {
			secret.Data[key] = []byte(value)
		}
		found.secrets = append(found.secrets, secret)
	}
	return nil
}

// What the operator's informers would have left out.
func (found *objects) selectMonitors() error {
	services, err := metav1.LabelSelectorAsSelector(found.prometheus.Spec.ServiceMonitorSelector)
	if err != nil {
		return err
	}
	pods, err := metav1.LabelSelectorAsSelector(found.prometheus.Spec.PodMonitorSelector)
	if err != nil {
		return err
	}
	for name, monitor := range found.serviceMonitors {
		if !services.Matches(labels.Set(monitor.Labels)) {
			delete(found.serviceMonitors, name)
		}
	}
	for name, monitor := range found.podMonitors {
		if !pods.Matches(labels.Set(monitor.Labels)) {
			delete(found.podMonitors, name)
		}
	}
	return nil
}
