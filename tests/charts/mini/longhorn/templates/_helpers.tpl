{{- define "mini.labels" -}}
app.kubernetes.io/name: longhorn
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "mini.manager" -}}
{{ .Values.image.longhorn.manager.repository }}:{{ .Values.image.longhorn.manager.tag | default .Chart.AppVersion }}
{{- end }}
