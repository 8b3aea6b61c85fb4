{{- define "stablevideo.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "stablevideo.labels" -}}
app.kubernetes.io/name: stablevideo
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "stablevideo.selector" -}}
app.kubernetes.io/name: stablevideo
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* image: a dict with root and image */ -}}
{{- define "stablevideo.image" -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .root.Values.images.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{- define "stablevideo.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "stablevideo.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "stablevideo.pod" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
serviceAccountName: {{ include "stablevideo.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "stablevideo.podSecurity" . | nindent 2 }}
{{- end -}}

{{- /* What silos and gateways are told alike. */ -}}
{{- define "stablevideo.env" -}}
- name: Clustering__ClusterId
  value: {{ printf "%s.%s" .Release.Namespace .Release.Name | quote }}
- name: Clustering__Redis
  {{- if .Values.redis.enabled }}
  value: {{ printf "%s-redis:6379" (include "stablevideo.name" .) | quote }}
  {{- else }}
  valueFrom: { secretKeyRef: { name: {{ required "redis.external.secret must name a secret when redis.enabled is false." .Values.redis.external.secret | quote }}, key: {{ .Values.redis.external.key | quote }} } }
  {{- end }}
{{- if eq .Values.store.kind "folder" }}
- name: Store__Folder
  value: /data
{{- else if eq .Values.store.kind "connectionString" }}
- name: Store__BlobConnectionString
  valueFrom: { secretKeyRef: { name: {{ required "store.connectionString.secret must name a secret." .Values.store.connectionString.secret | quote }}, key: {{ .Values.store.connectionString.key | quote }} } }
- name: Store__BlobContainer
  value: {{ .Values.store.connectionString.container | quote }}
{{- else }}
- name: Store__BlobAddress
  value: {{ required "store.workloadIdentity.address must be the address of a blob container." .Values.store.workloadIdentity.address | quote }}
{{- end }}
{{- if gt (int64 .Values.store.quotaBytes) 0 }}
- name: Store__Quotas__Bytes
  value: {{ int64 .Values.store.quotaBytes | quote }}
{{- end }}
- name: Management__Port
  value: "8081"
- name: Management__Address
  value: 0.0.0.0
{{- with .Values.monitoring.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- if .Values.monitoring.orleansDashboard.enabled }}
- name: Dashboard__Enabled
  value: "true"
{{- end }}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ printf "k8s.namespace.name=%s" .Release.Namespace | quote }}
- name: DOTNET_EnableDiagnostics
  value: "0"
{{- end -}}

{{- define "stablevideo.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if eq .Values.store.kind "folder" }}
- { name: store, mountPath: /data }
{{- end }}
{{- end -}}

{{- define "stablevideo.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if eq .Values.store.kind "folder" }}
- name: store
  persistentVolumeClaim: { claimName: {{ .Values.store.folder.existingClaim | default (printf "%s-store" (include "stablevideo.name" .)) }} }
{{- end }}
{{- end -}}

{{- define "stablevideo.probes" -}}
startupProbe:
  httpGet: { path: /livez, port: management }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /livez, port: management }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: management }
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 2
{{- end -}}

{{- define "stablevideo.podLabels" -}}
{{- if eq .Values.store.kind "workloadIdentity" }}
azure.workload.identity/use: "true"
{{- end }}
{{- end -}}
