{{- /* Takes a dict of `root` and `component`. */}}
{{- define "mini.selector" -}}
app: jupyterhub
release: {{ .root.Release.Name }}
component: {{ .component }}
{{- end }}

{{- /* Of pods: the chart's version is not in them, or another version would replace them all. */}}
{{- define "mini.podLabels" -}}
{{ include "mini.selector" . }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/name: jupyterhub
{{- end }}

{{- define "mini.labels" -}}
{{ include "mini.podLabels" . }}
chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
heritage: {{ .root.Release.Service }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- /* What its user left out is read back from the Secret in the cluster, or made up: different each time at first. */}}
{{- define "mini.invented" -}}
{{- $kept := lookup "v1" "Secret" .root.Release.Namespace "hub" | default dict -}}
{{- with .given }}{{ . }}
{{- else }}{{ with dig "data" .key "" $kept }}{{ . | b64dec }}{{ else }}{{ randAlphaNum 64 }}{{ end }}
{{- end }}
{{- end }}

{{- define "mini.proxyToken" -}}
{{ include "mini.invented" (dict "root" . "key" "hub.config.ConfigurableHTTPProxy.auth_token" "given" .Values.proxy.secretToken) }}
{{- end }}

{{- define "mini.autohttps" -}}
{{- with .Values.proxy.https }}{{ if and .enabled (eq .type "letsencrypt") .hosts }}yes{{ end }}{{ end }}
{{- end }}
