{{/* The template of an agent's pod, for the ScaledJob and the Deployment. once: it ends after one job. */}}
{{- define "fedbridge-agent.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "fedbridge-agent.selector" .root | nindent 4 }}
    azure.workload.identity/use: "true"
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # The autoscaler ends what it may evict after ten minutes by default, whatever the grace period.
    cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
    # The identity may register agents: of all containers one alone has its token, and no job runs there.
    azure.workload.identity/skip-containers: {{ include "fedbridge-agent.withoutIdentity" .root }}
    {{- with include "fedbridge-agent.tokenSeconds" .root }}
    azure.workload.identity/service-account-token-expiration: {{ . | quote }}
    {{- end }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $values.serviceAccount.name }}
  automountServiceAccountToken: false
  restartPolicy: {{ ternary "Never" "Always" .once }}
  terminationGracePeriodSeconds: {{ add (int $values.drainSeconds) 180 }}
  securityContext:
    {{- include "fedbridge-agent.podSecurity" .root | nindent 4 }}
    {{- if and $values.docker.enabled (eq $values.docker.mode "rootless") }}
    # The daemon's socket is of its own user.
    supplementalGroups: [1000]
    {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
  initContainers:
    {{- include "fedbridge-agent.registration" . | nindent 4 }}
    {{- if $values.docker.enabled }}
    {{- include "fedbridge-agent.docker" .root | nindent 4 }}
    {{- end }}
    {{- with $values.initContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  containers:
    # The first one: KEDA reads the organization's URL from its variables.
    - name: agent
      image: {{ include "fedbridge-agent.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [agent, listen, --hand-over, /hand-over]
      env:
        {{- include "fedbridge-agent.where" .root | nindent 8 }}
        {{- if $values.docker.enabled }}
        - name: DOCKER_HOST
          value: unix:///docker/docker.sock
        {{- end }}
        {{- with $values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $values.envFrom }}
      envFrom: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if and .once (include "fedbridge-agent.waitingOnly" .root) }}
      # Ready is an agent that has a job: until then KEDA takes it for the answer to a request that still waits.
      readinessProbe:
        exec:
          command: [sh, -c, ls /azp/agent/*/_diag/Worker_*.log]
        periodSeconds: 5
        failureThreshold: 1
      {{- end }}
      resources: {{- toYaml $values.resources | nindent 8 }}
      securityContext: {{- include "fedbridge-agent.containerSecurity" .root | nindent 8 }}
      volumeMounts:
        - { name: agent, mountPath: /azp }
        - { name: tmp, mountPath: /tmp }
        - { name: home, mountPath: /home/agent }
        - { name: hand-over, mountPath: /hand-over, readOnly: true }
        {{- if $values.docker.enabled }}
        - { name: docker-socket, mountPath: /docker }
        {{- end }}
        {{- with $values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - { name: agent, emptyDir: {} }
    - { name: tmp, emptyDir: {} }
    - { name: home, emptyDir: {} }
    - { name: hand-over, emptyDir: {} }
    - { name: registration-azp, emptyDir: {} }
    - { name: registration-tmp, emptyDir: {} }
    - { name: registration-home, emptyDir: {} }
    {{- if $values.docker.enabled }}
    - { name: docker-socket, emptyDir: {} }
    - { name: docker-data, emptyDir: {} }
    {{- end }}
    {{- with $values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.topologySpreadConstraints }}
  topologySpreadConstraints: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- include "fedbridge-agent.placing" .root | trim | nindent 2 }}
{{- end -}}

{{/* A sidecar that registers the agent before it starts and removes it when it has ended. No job can write to any folder that it has. */}}
{{- define "fedbridge-agent.registration" -}}
{{- $values := .root.Values -}}
- name: registration
  image: {{ include "fedbridge-agent.image" .root | quote }}
  imagePullPolicy: {{ $values.image.pullPolicy }}
  restartPolicy: Always
  args:
    - agent
    - run
    {{- if .once }}
    - --once
    {{- end }}
    - --hand-over
    - /hand-over
    - --folder
    - /home/agent/agent
    - --identity
    - kubernetes
    - --drain-timeout
    - {{ $values.drainSeconds | int | quote }}
    {{- range $values.pool.demands }}
    - --demand
    - {{ . | quote }}
    {{- end }}
  env:
    {{- include "fedbridge-agent.where" .root | nindent 4 }}
    - name: AZP_AGENT_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    {{- with $values.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $values.envFrom }}
  envFrom: {{- toYaml . | nindent 4 }}
  {{- end }}
  resources: {{- toYaml $values.registration.resources | nindent 4 }}
  securityContext: {{- include "fedbridge-agent.containerSecurity" .root | nindent 4 }}
  volumeMounts:
    - { name: hand-over, mountPath: /hand-over }
    - { name: registration-azp, mountPath: /azp }
    - { name: registration-tmp, mountPath: /tmp }
    - { name: registration-home, mountPath: /home/agent }
    {{- with $values.volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* A sidecar, so that the pod ends with the agent. Folders of jobs are in it at the same paths, for what they mount. */}}
{{- define "fedbridge-agent.docker" -}}
{{- $isRootless := eq .Values.docker.mode "rootless" -}}
- name: docker
  image: {{ .Values.docker.image | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  restartPolicy: Always
  # "dockerd" first: without it the image's entry point listens on all addresses, too.
  args:
    - dockerd
    - --host=unix:///docker/docker.sock
    {{- if not $isRootless }}
    - --group=10001
    {{- end }}
  startupProbe:
    exec:
      command: [docker, --host=unix:///docker/docker.sock, version]
    periodSeconds: 2
    failureThreshold: 60
  {{- with .Values.docker.resources }}
  resources: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    privileged: true
    runAsNonRoot: {{ $isRootless }}
    runAsUser: {{ ternary 1000 0 $isRootless }}
    runAsGroup: {{ ternary 1000 0 $isRootless }}
  volumeMounts:
    - { name: docker-socket, mountPath: /docker }
    - { name: docker-data, mountPath: {{ ternary "/home/rootless/.local/share/docker" "/var/lib/docker" $isRootless }} }
    - { name: agent, mountPath: /azp }
    - { name: tmp, mountPath: /tmp }
{{- end -}}
