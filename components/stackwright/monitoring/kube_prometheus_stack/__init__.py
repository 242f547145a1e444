"""kube-prometheus-stack: Prometheus, Alertmanager and Grafana by one operator."""
