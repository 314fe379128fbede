{{/* Jobs of KEDA add 6 characters and their pods 6 more, of 63. */}}
{{- define "fedbridge-agent.name" -}}
{{- if gt (len .Release.Name) 50 -}}
{{- printf "%s-%s" (.Release.Name | trunc 43 | trimSuffix "-") (.Release.Name | sha256sum | trunc 6) -}}
{{- else -}}
{{- .Release.Name -}}
{{- end -}}
{{- end -}}

{{- define "fedbridge-agent.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Of the agents alone: the placeholder's pod and the test's have another component. */}}
{{- define "fedbridge-agent.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
{{- end -}}

{{- define "fedbridge-agent.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* A number of a values file is a float to Helm, which writes 12000000 as 1.2e+07. */}}
{{- define "fedbridge-agent.poolId" -}}
{{- printf "%.0f" (float64 .Values.pool.id) -}}
{{- end -}}

{{- define "fedbridge-agent.jobs" -}}
{{- .Values.keda.jobs | default (ternary "demands" "all" (not (empty .Values.pool.demands))) -}}
{{- end -}}

{{/* Whether this KEDA leaves out of the queue what an agent has received, and cannot be told not to. */}}
{{- define "fedbridge-agent.waitingOnly" -}}
{{- if hasPrefix "2.20." .Values.keda.version -}}true{{- end -}}
{{- end -}}

{{/* Demands as Azure DevOps writes them in a job request. A job may demand that NAME is there, whatever its value. */}}
{{- define "fedbridge-agent.demands" -}}
{{- $demands := list -}}
{{- range .Values.pool.demands -}}
{{- $parts := splitn "=" 2 . -}}
{{- if or (not (contains "=" .)) (not $.Values.keda.requireAllDemands) -}}
{{- $demands = append $demands $parts._0 -}}
{{- end -}}
{{- if contains "=" . -}}
{{- $demands = append $demands (printf "%s -equals %s" $parts._0 $parts._1) -}}
{{- end -}}
{{- end -}}
{{- $demands | uniq | join "," -}}
{{- end -}}

{{/* How long the token of an agent's pod lives, where the hour that it has without this is too short: it is renewed with a fifth of its
     time left, but not once the pod is to end, and the access token that is then taken last lives for an hour. The webhook takes a day at the
     most. */}}
{{- define "fedbridge-agent.tokenSeconds" -}}
{{- $seconds := mul 5 (sub (int .Values.drainSeconds) 3180) -}}
{{- if gt $seconds 3600 -}}{{- min $seconds 86400 -}}{{- end -}}
{{- end -}}

{{/* The containers of an agent's pod that do not find the identity's token, as the webhook of workload identity takes them. */}}
{{- define "fedbridge-agent.withoutIdentity" -}}
{{- $names := list "agent" -}}
{{- if .Values.docker.enabled -}}{{- $names = append $names "docker" -}}{{- end -}}
{{- range .Values.initContainers -}}{{- $names = append $names .name -}}{{- end -}}
{{- $names | join ";" | quote -}}
{{- end -}}

{{/* What all pods of this chart are: no root, no capabilities, no token for the cluster. */}}
{{- define "fedbridge-agent.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "fedbridge-agent.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ .Values.readOnlyRootFilesystem }}
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "fedbridge-agent.placing" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "fedbridge-agent.where" -}}
- name: AZP_URL
  value: {{ .Values.organizationUrl | quote }}
- name: AZP_POOL
  value: {{ .Values.pool.name | quote }}
{{- end -}}

{{/* A pod that runs one command of the image and ends. */}}
{{- define "fedbridge-agent.command" -}}
serviceAccountName: {{ .root.Values.serviceAccount.name }}
automountServiceAccountToken: false
restartPolicy: Never
securityContext: {{- include "fedbridge-agent.podSecurity" .root | nindent 2 }}
containers:
  - name: fedbridge
    image: {{ include "fedbridge-agent.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{- toYaml .args | nindent 6 }}
    env:
      {{- include "fedbridge-agent.where" .root | nindent 6 }}
      {{- with .root.Values.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with .root.Values.envFrom }}
    envFrom: {{- toYaml . | nindent 6 }}
    {{- end }}
    resources:
      requests: { cpu: 100m, memory: 128Mi }
      limits: { memory: 512Mi }
    securityContext: {{- include "fedbridge-agent.containerSecurity" .root | nindent 6 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
      {{- with .root.Values.volumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - { name: tmp, emptyDir: {} }
  {{- with .root.Values.volumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{ include "fedbridge-agent.placing" .root | trim }}
{{- end -}}
